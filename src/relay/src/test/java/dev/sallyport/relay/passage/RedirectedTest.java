package dev.sallyport.relay.passage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.InvalidConfigException;
import dev.sallyport.model.config.Listener.Protocol;
import dev.sallyport.model.role.AddressPolicy;
import dev.sallyport.model.role.Ask;
import dev.sallyport.model.role.Destination;
import dev.sallyport.model.role.ProxyError;
import dev.sallyport.model.role.Timeouts;
import dev.sallyport.model.role.Verdict;
import dev.sallyport.relay.detect.Hellos;
import dev.sallyport.relay.loop.Transport;
import dev.sallyport.relay.record.Decision;
import dev.sallyport.relay.record.Decision.End;
import dev.sallyport.relay.record.RecordedDecision;
import dev.sallyport.relay.rig.Await;
import dev.sallyport.relay.rig.Configs;
import dev.sallyport.relay.rig.Http2Wire;
import dev.sallyport.relay.rig.Listeners;
import dev.sallyport.relay.rig.NameServer;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Policies;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Listeners of redirected connections: their clients know of no proxy. Where they were going is told by the test. */
class RedirectedTest {
    private static final String ACCESS_DENIED = "\25\3\3\0\2\2\61";
    private static final String UNRECOGNIZED_NAME = "\25\3\3\0\2\2\160";
    private static final String DECODE_ERROR = "\25\3\3\0\2\2\62";

    /**
     * No address of the origin, and no rule allows it: whoever is sent there does not come to it, and who takes long to say a
     * name has the time of a head.
     */
    private static final String ELSEWHERE = "198.51.100.7";

    private final NameServer names = new NameServer(Map.of(
            "shop.partner.test", List.of("127.0.0.1"),
            "other.partner.test", List.of("127.0.0.1"),
            "inside.partner.test", List.of("10.0.0.1")));

    @AfterEach
    void stop() {
        names.close();
    }

    private Rig.Setup setup(Origin origin, String originalAddress) throws InvalidConfigException {
        return setup(origin, originalAddress, "10s");
    }

    private Rig.Setup setup(Origin origin, String originalAddress, String headerTimeout) throws InvalidConfigException {
        int port = origin.address().getPort();
        InetSocketAddress original = original(originalAddress, port);
        return Rig.setup()
                .nameServers(names.provider())
                .redirects(accepted -> original)
                .config(Policies.with(
                        origin, origin, headerTimeout, "*.partner.test:" + port, "127.0.0.1:" + port, "*:15090"));
    }

    private static InetSocketAddress original(String address, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), port);
    }

    private static Origin echoing() {
        return Origin.scripted((wire, number) -> wire.send("heard " + wire.readAll()));
    }

    private static final Verdict REFUSED = new Verdict.Refuse(403, ProxyError.HTTP_REQUEST_DENIED, "", "No rule.");

    private static Verdict to(Origin origin) {
        return new Verdict.To(
                new Destination.Named("127.0.0.1", origin.address().getPort()),
                "shop",
                Rig.TRANSPARENT,
                AddressPolicy.ANY,
                new Timeouts(
                        Duration.ofSeconds(5), Duration.ZERO, Duration.ZERO, Duration.ofSeconds(60), Duration.ZERO),
                0,
                null);
    }

    // ---- TLS

    @ParameterizedTest
    @EnumSource
    void dialsWhatTheServerNameResolvesToAndNotWhereTheClientWasGoing(Transport transport) throws Exception {
        byte[] hello = Hellos.of("Shop.Partner.Test", "TLSv1.3", "TLSv1.2");
        try (Origin origin = Origin.scripted((wire, number) -> {
                    String got = wire.read(hello.length + 3);
                    wire.send(got.substring(0, 3) + got.substring(hello.length)).endOutput();
                    wire.readAll();
                });
                Rig rig = setup(origin, ELSEWHERE).transport(transport).start();
                Wire client = rig.connect()) {
            client.send(hello).send("end");
            assertThat(client.readAll()).isEqualTo("\26\3" + (char) hello[2] + "end");
            client.close();
            RecordedDecision decision = rig.decision();
            assertThat(decision.kind()).isEqualTo(Decision.Kind.TUNNEL);
            assertThat(decision.original())
                    .isEqualTo(ELSEWHERE + ":" + origin.address().getPort());
            assertThat(decision.serverName()).isEqualTo("shop.partner.test");
            assertThat(decision.host()).isEqualTo("shop.partner.test");
            assertThat(decision.port()).isEqualTo(origin.address().getPort());
            assertThat(decision.upstream()).isEqualTo(origin.authority());
            assertThat(decision.rule()).isEqualTo("partners");
            assertThat(decision.requestBytes()).isEqualTo(hello.length + 3);
            assertThat(decision.end()).isEqualTo(End.COMPLETE);
        }
    }

    @Test
    void readsAHelloInManyRecordsAndSegments() throws Exception {
        byte[] hello = Hellos.inRecordsOf(20, Hellos.of("shop.partner.test", "TLSv1.3"));
        try (Origin origin = Origin.scripted((wire, number) ->
                        wire.send("got " + wire.read(hello.length).length()));
                Rig rig = setup(origin, ELSEWHERE).start();
                Wire client = rig.connect()) {
            for (int i = 0; i < hello.length; i++) {
                client.send(Arrays.copyOfRange(hello, i, i + 1));
            }
            assertThat(client.readAll()).isEqualTo("got " + hello.length);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"elsewhere.test", "inside.partner.test"})
    void endsTlsThatMayNotPassByAnAlert(String name) throws Exception {
        try (Origin origin = Origin.saying("unused");
                Rig rig = setup(origin, ELSEWHERE).start();
                Wire client = rig.connect()) {
            client.send(Hellos.of(name, "TLSv1.3"));
            assertThat(client.readAll()).isEqualTo(ACCESS_DENIED);
            RecordedDecision decision = rig.decision();
            assertThat(decision.serverName()).isEqualTo(name);
            assertThat(decision.error()).isIn(ProxyError.HTTP_REQUEST_DENIED, ProxyError.DESTINATION_IP_PROHIBITED);
            assertThat(decision.detail()).isNotEmpty();
            assertThat(origin.accepted()).isZero();
        }
    }

    @Test
    void judgesTlsWithoutANameByTheAddress() throws Exception {
        byte[] hello = Hellos.of("", "TLSv1.2");
        try (Origin origin = Origin.scripted((wire, number) ->
                        wire.send("got " + wire.read(hello.length).length()));
                Rig good = setup(origin, "127.0.0.1").start();
                Rig bad = setup(origin, ELSEWHERE).start();
                Wire allowed = good.connect();
                Wire denied = bad.connect()) {
            allowed.send(hello);
            assertThat(allowed.readAll()).isEqualTo("got " + hello.length);
            denied.send(hello);
            assertThat(denied.readAll()).isEqualTo(ACCESS_DENIED);
            RecordedDecision decision = bad.decision();
            assertThat(decision.host()).isEqualTo(ELSEWHERE);
            assertThat(decision.detail()).contains("No rule allows " + ELSEWHERE);
            assertThat(origin.accepted()).isOne();
        }
    }

    @Test
    void refusesAServerNameThatNoNameIs() throws Exception {
        byte[] hello = Hellos.of("a.example", "TLSv1.2");
        for (int i = 0; i + 9 <= hello.length; i++) {
            if (Arrays.equals(hello, i, i + 9, "a.example".getBytes("US-ASCII"), 0, 9)) {
                hello[i] = '.';
            }
        }
        try (Origin origin = Origin.saying("unused");
                Rig rig = setup(origin, ELSEWHERE).start();
                Wire client = rig.connect()) {
            client.send(hello);
            assertThat(client.readAll()).isEqualTo(UNRECOGNIZED_NAME);
            assertThat(rig.decision().allowed()).isFalse();
            assertThat(origin.accepted()).isZero();
        }
    }

    @Test
    void refusesABrokenHello() throws Exception {
        byte[] broken = Hellos.of("shop.partner.test", "TLSv1.3");
        broken[5] = 2;
        try (Origin origin = Origin.saying("unused");
                Rig rig = setup(origin, ELSEWHERE, "2s").start();
                Wire malformed = rig.connect();
                Wire cut = rig.connect();
                Wire slow = rig.connect()) {
            malformed.send(broken);
            cut.send(Arrays.copyOf(broken, 5)).endOutput();
            slow.send("\26");
            assertThat(malformed.readAll()).isEqualTo(DECODE_ERROR);
            assertThat(cut.ends()).isTrue();
            assertThat(slow.ends()).isTrue();
            Await.until(
                    "all are counted", () -> rig.faults("hello_malformed") == 2 && rig.faults("hello_timeout") == 1);
            assertThat(rig.toldAll()).isTrue();
            assertThat(origin.accepted()).isZero();
        }
    }

    @Test
    void resetsTlsWhoseNameCannotBeReached() throws Exception {
        Origin gone = Origin.saying("unused");
        Rig.Setup setup = setup(gone, ELSEWHERE);
        gone.close();
        try (Rig rig = setup.start();
                Wire client = rig.connect()) {
            client.send(Hellos.of("shop.partner.test", "TLSv1.3"));
            assertThat(client.ends()).isFalse();
            RecordedDecision decision = rig.decision();
            assertThat(decision.allowed()).isTrue();
            assertThat(decision.error()).isEqualTo(ProxyError.CONNECTION_REFUSED);
        }
    }

    // ---- HTTP

    private static String get(String target, String host) {
        return "GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
    }

    @ParameterizedTest
    @EnumSource
    void decidesOnEachRequestByItsHost(Transport transport) throws Exception {
        try (Origin origin = Origin.saying("hello");
                Rig rig = setup(origin, ELSEWHERE).transport(transport).start();
                Wire client = rig.connect()) {
            int port = origin.address().getPort();
            for (String host : List.of("shop.partner.test", "OTHER.partner.test:" + port, "127.0.0.1")) {
                client.send(get("/a", host));
                assertThat(client.readResponse().body()).as(host).isEqualTo("hello");
                RecordedDecision decision = rig.decision();
                assertThat(decision.kind()).isEqualTo(Decision.Kind.REQUEST);
                assertThat(decision.original()).isEqualTo(ELSEWHERE + ":" + port);
                assertThat(decision.upstream()).isEqualTo(origin.authority());
                assertThat(decision.rule()).isEqualTo("partners");
                assertThat(origin.requests().getLast().line()).isEqualTo("GET /a HTTP/1.1");
                assertThat(origin.requests().getLast().field("host")).isEqualTo(host);
            }
            client.send(get("/", "elsewhere.test"));
            Wire.Response denied = client.readResponse();
            assertThat(denied.status()).isEqualTo(403);
            assertThat(denied.field("proxy-status")).contains("error=http_request_denied");
            client.send(get("/", "inside.partner.test"));
            assertThat(client.readResponse().field("proxy-status")).contains("error=destination_ip_prohibited");
            client.send(get("/", "shop.partner.test:1"));
            Wire.Response other = client.readResponse();
            assertThat(other.status()).isEqualTo(421);
            assertThat(other.body()).contains("port 1").contains("port " + port);
            client.send(get("/", "shop.partner.test"));
            assertThat(client.readResponse().status()).isEqualTo(200);
            assertThat(origin.requests()).hasSize(4);
        }
    }

    @Test
    void takesTheAbsoluteFormAsAnOriginDoes() throws Exception {
        try (Origin origin = Origin.saying("hello");
                Rig rig = setup(origin, ELSEWHERE).start();
                Wire client = rig.connect()) {
            int port = origin.address().getPort();
            client.send(get("http://shop.partner.test/a", "elsewhere.test"));
            assertThat(client.readResponse().status()).isEqualTo(200);
            assertThat(origin.requests().getFirst().field("host")).isEqualTo("shop.partner.test");
            client.send(get("http://elsewhere.test/a", "shop.partner.test"));
            assertThat(client.readResponse().status()).isEqualTo(403);
            client.send(get("http://shop.partner.test:1/a", "shop.partner.test:" + port));
            assertThat(client.readResponse().status()).isEqualTo(421);
            client.send(get("https://shop.partner.test/a", "shop.partner.test"));
            assertThat(client.readResponse().status()).isEqualTo(421);
            client.send("CONNECT shop.partner.test:" + port + " HTTP/1.1\r\nHost: shop.partner.test\r\n\r\n");
            assertThat(client.readResponse().status()).isEqualTo(405);
            assertThat(origin.requests()).hasSize(1);
        }
    }

    @Test
    void judgesARequestWithoutHostByTheAddress() throws Exception {
        try (Origin origin = Origin.saying("hello");
                Rig good = setup(origin, "127.0.0.1").start();
                Rig bad = setup(origin, ELSEWHERE).start();
                Wire allowed = good.connect();
                Wire denied = bad.connect()) {
            allowed.send("GET / HTTP/1.0\r\n\r\n");
            assertThat(allowed.readResponse().body()).isEqualTo("hello");
            denied.send("GET / HTTP/1.0\r\n\r\n");
            assertThat(denied.readResponse().status()).isEqualTo(403);
        }
    }

    @Test
    void servesTheSecondVersionWithPriorKnowledge() throws Exception {
        try (Origin origin = Origin.saying("hello");
                Rig rig = setup(origin, ELSEWHERE).start();
                Http2Wire client = rig.http2()) {
            int port = origin.address().getPort();
            String rest = "|:scheme: http|:path: /|:authority: ";
            client.headers(1, ":method: GET" + rest + "shop.partner.test", true);
            assertThat(client.response(1).status()).isEqualTo(200);
            client.headers(3, ":method: GET" + rest + "elsewhere.test", true);
            assertThat(client.response(3).status()).isEqualTo(403);
            client.headers(5, ":method: GET|:scheme: https|:path: /|:authority: shop.partner.test", true);
            assertThat(client.response(5).status()).isEqualTo(421);
            client.headers(7, ":method: CONNECT|:authority: shop.partner.test:" + port, false);
            assertThat(client.response(7).status()).isEqualTo(405);
            assertThat(rig.decision().original()).isEqualTo(ELSEWHERE + ":" + port);
            assertThat(origin.requests()).hasSize(1);
        }
    }

    @Test
    void disclosesThePortThatTheClientKnows() throws Exception {
        try (Origin origin = Origin.saying("hello")) {
            int port = origin.address().getPort();
            try (Rig rig = Rig.setup()
                            .forward()
                            .listeners(Listeners.speaking(Protocol.TRANSPARENT))
                            .redirects(accepted -> original("127.0.0.1", port))
                            .role("proxy", (ask, peer, trail) -> ask instanceof Ask.Http ? to(origin) : REFUSED)
                            .start();
                    Wire client = rig.connect()) {
                client.send(get("/", "127.0.0.1:" + port));
                client.readResponse();
                Wire.Request request = origin.requests().getFirst();
                assertThat(request.field("x-forwarded-port")).isEqualTo("" + port);
                assertThat(request.field("x-forwarded-for")).isEqualTo("127.0.0.1");
                assertThat(request.field("x-forwarded-proto")).isEqualTo("http");
            }
        }
    }

    // ---- other bytes, and none

    @ParameterizedTest
    @EnumSource
    void passesOtherBytesToTheAddress(Transport transport) throws Exception {
        try (Origin origin = echoing();
                Rig rig = setup(origin, "127.0.0.1").transport(transport).start();
                Wire client = rig.connect()) {
            client.send("EHLO me\r\n" + "x".repeat(200_000)).endOutput();
            assertThat(client.readAll()).hasSize(6 + 9 + 200_000).startsWith("heard EHLO me\r\nxxx");
            RecordedDecision decision = rig.decision();
            assertThat(decision.original()).isEqualTo(origin.authority());
            assertThat(decision.host()).isEqualTo("127.0.0.1");
            assertThat(decision.serverName()).isEmpty();
            assertThat(decision.end()).isEqualTo(End.COMPLETE);
        }
    }

    @Test
    void resetsOtherBytesThatMayNotPass() throws Exception {
        try (Origin origin = echoing();
                Rig rig = setup(origin, ELSEWHERE).start();
                Wire client = rig.connect()) {
            client.send("\0\1\2");
            assertThat(client.ends()).isFalse();
            RecordedDecision decision = rig.decision();
            assertThat(decision.detail()).contains("No rule allows " + ELSEWHERE);
            assertThat(decision.allowed()).isFalse();
            assertThat(origin.accepted()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void letsTheServerSpeakFirst(Transport transport) throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.send("220 ready\r\n");
                    wire.send("250 " + wire.readUntil("\r\n"));
                });
                Rig rig = setup(origin, "127.0.0.1").transport(transport).start();
                Wire client = rig.connect()) {
            assertThat(client.readUntil("\r\n")).isEqualTo("220 ready\r\n");
            client.send("HELO me\r\n");
            assertThat(client.readAll()).isEqualTo("250 HELO me\r\n");
        }
    }

    @Test
    void waitsOnForANameWhereTheAddressWillNotDo() throws Exception {
        CountDownLatch judgedByAddress = new CountDownLatch(1);
        byte[] hello = Hellos.of("shop.partner.test", "TLSv1.3");
        try (Origin origin = Origin.scripted((wire, number) ->
                        wire.send("got " + wire.read(hello.length).length()));
                Rig rig = Rig.setup()
                        .forward()
                        .listeners(Listeners.speaking(Protocol.TRANSPARENT))
                        .redirects(
                                accepted -> original(ELSEWHERE, origin.address().getPort()))
                        .role("proxy", (ask, peer, trail) -> {
                            boolean named = ((Ask.OriginalDestination) ask).tls() != null;
                            if (!named) {
                                judgedByAddress.countDown();
                            }
                            return named ? to(origin) : REFUSED;
                        })
                        .start();
                Wire client = rig.connect()) {
            assertThat(judgedByAddress.await(30, TimeUnit.SECONDS)).isTrue();
            client.send(hello);
            assertThat(client.readAll()).isEqualTo("got " + hello.length);
        }
    }

    @Test
    void resetsWhoTellsNoNameInTime() throws Exception {
        try (Origin origin = echoing();
                Rig rig = setup(origin, ELSEWHERE, "50ms").start();
                Wire client = rig.connect()) {
            assertThat(client.ends()).isFalse();
            assertThat(rig.decision().detail()).contains("No rule allows " + ELSEWHERE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GET / HT"})
    void passesWhatEndsBeforeItSaysWhatItIs(String said) throws Exception {
        try (Origin origin = echoing();
                Rig rig = setup(origin, "127.0.0.1").start();
                Wire client = rig.connect()) {
            client.send(said).endOutput();
            assertThat(client.readAll()).isEqualTo("heard " + said);
        }
    }

    @Test
    void passesWhatDoesNotSayWhatItIsInTime() throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> wire.send("heard " + wire.read(4)));
                Rig rig = setup(origin, "127.0.0.1", "50ms").start();
                Wire client = rig.connect()) {
            client.send("PING");
            assertThat(client.readAll()).isEqualTo("heard PING");
        }
    }

    // ---- connections that were not redirected

    @Test
    void refusesWhatWasNotRedirected() throws Exception {
        try (Origin origin = echoing();
                Rig unknown =
                        setup(origin, "127.0.0.1").redirects(accepted -> null).start();
                Rig direct = setup(origin, "127.0.0.1")
                        .redirects(accepted -> accepted.localAddress())
                        .start()) {
            for (Rig rig : List.of(unknown, direct)) {
                assertThat(rig.resets()).isTrue();
                RecordedDecision decision = rig.decision();
                assertThat(decision.allowed()).isFalse();
                assertThat(decision.detail()).contains("was not");
                assertThat(decision.original()).isEmpty();
                assertThat(rig.faults("not_redirected")).isOne();
            }
            assertThat(origin.accepted()).isZero();
        }
    }

    @Test
    void refusesAnAddressOfTheRelayItself() throws Exception {
        try (Origin origin = echoing();
                Rig rig = setup(origin, "127.0.0.1")
                        .redirects(accepted -> original("127.0.0.1", 15_090))
                        .start();
                Wire client = rig.connect()) {
            client.send("\0");
            assertThat(client.ends()).isFalse();
            assertThat(rig.decision().detail()).contains("the relay itself");
        }
    }

    // ---- the end, and changes

    @Test
    void sendsAwayTheSilentWhenItDrains() throws Exception {
        try (Origin origin = echoing();
                Rig rig = setup(origin, ELSEWHERE).start();
                Wire client = rig.connect()) {
            Await.until("it is in", () -> rig.metric("sallyport_connections_active{role=\"forward\"}") == 1);
            rig.drain(Duration.ofSeconds(20));
            assertThat(client.ends()).isTrue();
        }
    }

    @Test
    void keepsNoConnectionWhenItsListenerBecomesAnExplicitProxy() throws Exception {
        try (Origin origin = Origin.saying("hello");
                Rig rig = setup(origin, ELSEWHERE).start();
                Wire client = rig.connect()) {
            client.send(get("/", "shop.partner.test"));
            assertThat(client.readResponse().status()).isEqualTo(200);
            rig.apply(Configs.listeners(
                    rig.config(),
                    rig.config().listeners().stream()
                            .map(Listeners.speaking(Protocol.HTTP))
                            .toList()));
            assertThat(client.ends()).isTrue();
        }
    }
}
