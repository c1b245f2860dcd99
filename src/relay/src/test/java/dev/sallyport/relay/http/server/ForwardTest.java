package dev.sallyport.relay.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.role.AddressPolicy;
import dev.sallyport.model.role.Disclosure;
import dev.sallyport.model.role.ProxyError;
import dev.sallyport.model.role.Timeouts;
import dev.sallyport.model.role.Verdict;
import dev.sallyport.relay.record.RecordedDecision;
import dev.sallyport.relay.rig.Deaf;
import dev.sallyport.relay.rig.NameServer;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Requests in absolute form, to destinations that clients name. */
class ForwardTest {
    private static final AddressPolicy NOT_127_0_0_2 = (address, port) ->
            address.getHostAddress().equals("127.0.0.2") ? new AddressPolicy.Guarded("test address", true) : null;

    private static String get(String authority) {
        return "GET http://" + authority + "/a/../b?q HTTP/1.1\r\nHost: other.example\r\n\r\n";
    }

    @Test
    void sendsToTheOriginOfTheTarget() throws Exception {
        try (Origin origin = Origin.saying("hello");
                Rig rig = Rig.setup()
                        .disclosure(new Disclosure(Disclosure.Forwarding.REMOVE, false, false))
                        .forward()
                        .start();
                Wire client = rig.connect()) {
            for (int i = 0; i < 2; i++) {
                client.send("GET http://" + origin.authority() + "/a/../b?q HTTP/1.1\r\nHost: other.example\r\n"
                        + "Proxy-Authorization: Basic eDp5\r\nProxy-Connection: keep-alive\r\n\r\n");
                assertThat(client.readResponse().body()).isEqualTo("hello");
                Wire.Request request = origin.requests().getLast();
                assertThat(request.line()).isEqualTo("GET /a/../b?q HTTP/1.1");
                assertThat(request.field("host")).isEqualTo(origin.authority());
                assertThat(request.fields().keySet()).containsExactly("host");
            }
            assertThat(origin.accepted()).isEqualTo(1);
        }
    }

    @Test
    void resolvesNamesAndKeepsToTheGoodAddresses() throws Exception {
        try (Origin origin = Origin.saying("hello");
                NameServer names = new NameServer(
                        Map.of("mixed.test", List.of("127.0.0.2", "127.0.0.1"), "bad.test", List.of("127.0.0.2")));
                Rig rig = Rig.setup()
                        .nameServers(names.provider())
                        .addresses(NOT_127_0_0_2)
                        .forward()
                        .start();
                Wire client = rig.connect()) {
            int port = origin.address().getPort();
            client.send(get("Mixed.test:" + port));
            assertThat(client.readResponse().body()).isEqualTo("hello");
            RecordedDecision decision = rig.decision();
            assertThat(decision.upstream()).isEqualTo(origin.authority());
            assertThat(decision.resolve()).isNotNull();

            client.send(get("bad.test:" + port));
            Wire.Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(403);
            assertThat(response.field("proxy-status"))
                    .isEqualTo("sallyport; error=destination_ip_prohibited; "
                            + "details=\"The destination is guarded: test address.\"; hop=\"forward shop/egress\"");
            assertThat(rig.decision().error()).isEqualTo(ProxyError.DESTINATION_IP_PROHIBITED);

            client.send(get("127.0.0.2:" + port));
            assertThat(client.readResponse().status()).isEqualTo(403);
            assertThat(origin.requests()).hasSize(1);
        }
    }

    @Test
    void triesTheNextAddressWhenOneRefusesOrKeepsSilent() throws Exception {
        try (Origin origin = Origin.saying("hello");
                NameServer names = new NameServer(Map.of(
                        "refusing.test",
                        List.of("127.0.0.3", "127.0.0.1"),
                        "deaf.test",
                        List.of("127.0.0.2", "127.0.0.1")));
                Deaf deaf = new Deaf(
                        new InetSocketAddress("127.0.0.2", origin.address().getPort()));
                Rig rig = Rig.setup().nameServers(names.provider()).forward().start();
                Wire client = rig.connect()) {
            for (String host : List.of("refusing.test", "deaf.test")) {
                client.send(get(host + ":" + origin.address().getPort()));
                assertThat(client.readResponse().body()).as(host).isEqualTo("hello");
                assertThat(rig.decision().upstream()).isEqualTo(origin.authority());
            }
            assertThat(deaf.isDeaf()).isTrue();
        }
    }

    @Test
    void asksTheNameServerOnce() throws Exception {
        try (Origin origin = Origin.serving((wire, request) -> {
                    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                    wire.endOutput();
                });
                NameServer names = new NameServer(Map.of("one.test", List.of("127.0.0.1")));
                Rig rig = Rig.setup().nameServers(names.provider()).forward().start();
                Wire client = rig.connect()) {
            for (int i = 0; i < 3; i++) {
                client.send(get("one.test:" + origin.address().getPort()));
                assertThat(client.readResponse().status()).isEqualTo(200);
            }
            assertThat(names.queries()).isEqualTo(1);
            assertThat(origin.accepted()).isEqualTo(3);
        }
    }

    @Test
    void saysWhenANameCannotBeResolved() throws Exception {
        try (NameServer names = new NameServer(Map.of());
                Rig rig = Rig.setup()
                        .nameServers(names.provider())
                        .timeouts(t ->
                                new Timeouts(Duration.ofSeconds(1), t.response(), t.request(), t.idle(), t.lifetime()))
                        .forward()
                        .start();
                Wire client = rig.connect()) {
            client.send(get("nowhere.test"));
            Wire.Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.field("proxy-status")).contains("error=dns_error");
            client.send(get("silent.test"));
            response = client.readResponse();
            assertThat(response.status()).isEqualTo(504);
            assertThat(response.field("proxy-status")).contains("error=dns_timeout");
        }
    }

    @Test
    void saysWhenADestinationCannotBeReached() throws Exception {
        int free;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = taken.getLocalPort();
        }
        try (Rig rig = Rig.setup().forward().start();
                Wire client = rig.connect()) {
            client.send(get("127.0.0.1:" + free));
            Wire.Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.field("proxy-status")).contains("error=connection_refused");
            assertThat(rig.decision().upstream()).isEqualTo("127.0.0.1:" + free);
        }
    }

    @Test
    void judgesAKeptConnectionUnderThePolicyOfTheMoment() throws Exception {
        AtomicReference<AddressPolicy> policy = new AtomicReference<>(AddressPolicy.ANY);
        try (Origin origin = Origin.saying("hello");
                Rig rig = Rig.setup()
                        .addresses((address, port) -> policy.get().judge(address, port))
                        .forward()
                        .start();
                Wire client = rig.connect()) {
            client.send(get(origin.authority()));
            assertThat(client.readResponse().status()).isEqualTo(200);
            policy.set((address, port) -> new AddressPolicy.Guarded("test address", true));
            client.send(get(origin.authority()));
            assertThat(client.readResponse().status()).isEqualTo(403);
            assertThat(origin.requests()).hasSize(1);
        }
    }

    @Test
    void recordsWhatAGuardInReportModeWouldHaveRefused() throws Exception {
        try (Origin origin = Origin.saying("hello");
                Rig rig = Rig.setup()
                        .addresses((address, port) -> new AddressPolicy.Guarded("test address", false))
                        .forward()
                        .start();
                Wire client = rig.connect()) {
            client.send(get(origin.authority()));
            assertThat(client.readResponse().status()).isEqualTo(200);
            RecordedDecision decision = rig.decision();
            assertThat(decision.overlookedRule()).isEqualTo("guards");
            assertThat(decision.overlookedDetail()).isEqualTo("test address");
        }
    }

    @Test
    void noticesARequestThatComesBack() throws Exception {
        try (Rig rig = Rig.setup().forward().start();
                Wire client = rig.connect()) {
            String self = "127.0.0.1:" + rig.server().addresses().get("proxy").getPort();
            client.send("GET http://" + self + "/ HTTP/1.1\r\nHost: a\r\n\r\n");
            // The relay asks itself, in origin form, for a cluster-less listener: it must not go round for ever.
            Wire.Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.field("proxy-status")).contains("error=proxy_loop_detected");
        }
    }

    @Test
    void tellsWhyARoleRefuses() throws Exception {
        Verdict.Refuse refusal = new Verdict.Refuse(
                403, ProxyError.HTTP_REQUEST_DENIED, "social \"x\"", "Open after 17:00 \\ caf\u00e9.");
        try (Rig rig = Rig.setup()
                        .role("proxy", (ask, peer, trail) -> refusal)
                        .forward()
                        .start();
                Wire client = rig.connect()) {
            client.send(get("example.com"));
            Wire.Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(403);
            assertThat(response.field("proxy-status"))
                    .isEqualTo(
                            "sallyport; error=http_request_denied; "
                                    + "details=\"Rule social \\\"x\\\": Open after 17:00 \\\\ caf.\"; hop=\"forward shop/egress\"");
            assertThat(response.field("content-type")).isEqualTo("text/plain; charset=utf-8");
            client.send("HEAD http://example.com/ HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.readResponse(true).status()).isEqualTo(403);
            client.send("TRACE http://example.com/ HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.readResponse().status()).isEqualTo(405);
            RecordedDecision decision = rig.decision();
            assertThat(decision.allowed()).isFalse();
            assertThat(decision.rule()).isEqualTo("social \"x\"");
        }
    }
}
