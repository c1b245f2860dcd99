package dev.sallyport.relay.listen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.role.ProxyError;
import dev.sallyport.relay.detect.Hellos;
import dev.sallyport.relay.http.h2.ErrorCode;
import dev.sallyport.relay.record.RecordedDecision;
import dev.sallyport.relay.rig.Http2Wire;
import dev.sallyport.relay.rig.NameServer;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Policies;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One relay with listeners of all kinds: no form of a request makes one of them play the role of another. */
class FixedRolesTest {
    private static final String REDIRECTED = "redirected";
    private static final String EXPLICIT = "proxy";
    private static final String REVERSE = "web";

    private final Origin outside = Origin.saying("outside");
    private final Origin backend = Origin.saying("backend");
    private final NameServer names = new NameServer(Map.of("out.partner.test", List.of("127.0.0.1")));
    private final AtomicInteger originalPort =
            new AtomicInteger(outside.address().getPort());
    private Rig rig;

    @BeforeEach
    void start() throws Exception {
        rig = Rig.setup()
                .nameServers(names.provider())
                .redirects(accepted -> new InetSocketAddress("198.51.100.7", originalPort.get()))
                .config(Policies.with(
                        outside, backend, "10s", "*.partner.test:" + port(outside), "127.0.0.1:" + port(outside)))
                .start();
    }

    @AfterEach
    void stop() {
        rig.close();
        names.close();
        outside.close();
        backend.close();
    }

    private static int port(Origin origin) {
        return origin.address().getPort();
    }

    /** All that a listener answers, until it closes the connection. */
    private String answer(String listener, String bytes) {
        try (Wire client = rig.connect(listener)) {
            return client.send(bytes).endOutput().readAll();
        }
    }

    /** The same of the listener for each whose target or host names what only the forward role may reach. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET http://OUT/ HTTP/1.1\r\nHost: OUT\r\n\r\n",
                "GET http://OUT/ HTTP/1.1\r\nHost: shop.example\r\n\r\n",
                "GET http://OUT/ HTTP/1.0\r\n\r\n",
                "GET https://OUT/ HTTP/1.1\r\nHost: shop.example\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: OUT\r\n\r\n",
                "OPTIONS * HTTP/1.1\r\nHost: OUT\r\n\r\n",
                "CONNECT OUT HTTP/1.1\r\nHost: OUT\r\n\r\n",
                "CONNECT OUT HTTP/1.1\r\nHost: shop.example\r\n\r\n",
                "GET OUT HTTP/1.1\r\nHost: shop.example\r\n\r\n",
                "GET //OUT/ HTTP/1.1\r\nHost: OUT\r\n\r\n",
                "GET http://shop.example@OUT/ HTTP/1.1\r\nHost: shop.example\r\n\r\n",
                "GET ftp://OUT/ HTTP/1.1\r\nHost: shop.example\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: shop.example\r\nHost: OUT\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: shop.example, OUT\r\n\r\n",
                "PRI * HTTP/1.1\r\nHost: OUT\r\n\r\n",
                "PRI http://OUT/ HTTP/1.1\r\nHost: shop.example\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: OUT\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
                "PROXY TCP4 192.0.2.1 127.0.0.1 1 2\r\nGET http://OUT/ HTTP/1.1\r\nHost: OUT\r\n\r\n",
                "\5\1\0\5\1\0\3\20out.partner.test",
                "\4\1\0\120\177\0\0\1\0",
            })
    void theReverseRoleReachesItsBackendsAlone(String request) {
        for (String host : List.of("out.partner.test:" + port(outside), "127.0.0.1:" + port(outside))) {
            assertThat(answer(REVERSE, request.replace("OUT", host)))
                    .as(host)
                    .doesNotContain("outside")
                    .doesNotContain("HTTP/1.1 2")
                    .doesNotContain("backend");
        }
        assertThat(outside.accepted()).isZero();
        assertThat(backend.accepted()).isZero();
    }

    @Test
    void theReverseRoleDecidesOnItsOwnHostInEveryForm() {
        for (String request : List.of(
                "GET http://shop.example/ HTTP/1.1\r\nHost: out.partner.test\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: shop.example\r\nForwarded: host=\"out.partner.test\"\r\n"
                        + "X-Forwarded-Host: out.partner.test\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: shop.example:" + port(outside) + "\r\n\r\n")) {
            assertThat(answer(REVERSE, request)).endsWith("backend");
        }
        assertThat(outside.accepted()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {REVERSE, EXPLICIT, REDIRECTED})
    void theSecondVersionHasTheRoleOfItsListener(String listener) {
        String out = "out.partner.test:" + port(outside);
        try (Http2Wire client = Http2Wire.to(rig.server().addresses().get(listener))) {
            client.headers(1, ":method: GET|:scheme: http|:path: /|:authority: " + out, true);
            Http2Wire.Response get = client.response(1);
            client.headers(3, ":method: CONNECT|:authority: " + out, false);
            Http2Wire.Response connect = listener.equals(EXPLICIT) ? null : client.response(3);
            client.headers(5, ":method: GET|:scheme: http|:path: /|:authority: shop.example", true);
            Http2Wire.Response shop = client.response(5);
            switch (listener) {
                case REVERSE -> {
                    assertThat(get.status()).isEqualTo(404);
                    assertThat(connect.status()).isEqualTo(405);
                    assertThat(shop.body()).isEqualTo("backend");
                    assertThat(outside.accepted()).isZero();
                }
                case REDIRECTED -> {
                    assertThat(get.body()).isEqualTo("outside");
                    assertThat(connect.status()).isEqualTo(405);
                    assertThat(shop.status()).isEqualTo(403);
                    assertThat(backend.accepted()).isZero();
                }
                default -> {
                    assertThat(get.body()).isEqualTo("outside");
                    assertThat(shop.status()).isEqualTo(403);
                    assertThat(backend.accepted()).isZero();
                    client.reset(3, ErrorCode.CANCEL);
                }
            }
        }
    }

    @Test
    void tlsIsNotPassedThroughByOtherListeners() throws Exception {
        byte[] hello = Hellos.of("out.partner.test", "TLSv1.3");
        for (String listener : List.of(REVERSE, EXPLICIT)) {
            String said = answer(listener, new String(hello, StandardCharsets.ISO_8859_1));
            assertThat(said.isEmpty() || said.startsWith("HTTP/1.1 400 "))
                    .as(said)
                    .isTrue();
        }
        assertThat(outside.accepted()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {EXPLICIT, REDIRECTED})
    void theForwardRoleDoesNotServeWhatTheReverseOneDoes(String listener) {
        for (String request : List.of(
                "GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n",
                "GET http://shop.example/ HTTP/1.1\r\nHost: shop.example\r\n\r\n",
                "CONNECT shop.example:80 HTTP/1.1\r\nHost: shop.example\r\n\r\n",
                "CONNECT shop.example:" + port(outside) + " HTTP/1.1\r\nHost: shop.example\r\n\r\n")) {
            assertThat(answer(listener, request)).contains("HTTP/1.1 4").doesNotContain("backend");
        }
        assertThat(backend.accepted()).isZero();
    }

    /** Though a rule allows it: it is an address of the relay. */
    @Test
    void theForwardRoleDoesNotGoToTheReverseListener() throws Exception {
        int web = rig.server().addresses().get(REVERSE).getPort();
        rig.apply(Policies.with(outside, backend, "10s", "*:" + web));
        for (String host : List.of("127.0.0.1", "out.partner.test", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0")) {
            URI uri = URI.create("http://" + host + ":" + web + "/");
            assertThat(answer(EXPLICIT, "GET " + uri + " HTTP/1.1\r\nHost: shop.example\r\n\r\n"))
                    .contains("destination_ip_prohibited");
            assertProhibited();
            assertThat(answer(EXPLICIT, "CONNECT " + uri.getAuthority() + " HTTP/1.1\r\nHost: shop.example\r\n\r\n"))
                    .contains("destination_ip_prohibited");
            assertProhibited();
            originalPort.set(web);
            assertThat(answer(REDIRECTED, "GET / HTTP/1.1\r\nHost: " + uri.getAuthority() + "\r\n\r\n"))
                    .contains("destination_ip_prohibited");
            assertProhibited();
        }
        assertThat(backend.accepted()).isZero();
    }

    private void assertProhibited() throws InterruptedException {
        RecordedDecision decision = rig.decision();
        assertThat(decision.error()).isEqualTo(ProxyError.DESTINATION_IP_PROHIBITED);
    }
}
