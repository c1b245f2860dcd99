package dev.sallyport.relay.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.role.ProxyError;
import dev.sallyport.model.role.Tracing;
import dev.sallyport.model.role.Verdict;
import dev.sallyport.relay.record.Decision;
import dev.sallyport.relay.record.RecordedDecision;
import dev.sallyport.relay.rig.Clusters;
import dev.sallyport.relay.rig.H2Peer;
import dev.sallyport.relay.rig.Http2Wire;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The traces (W3C Trace Context) that requests belong to: what origins are told, and what is recorded. */
class TraceContextTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "b7ad6b7169203331";
    private static final String FIELDS =
            "Traceparent: 00-" + TRACE + "-" + PARENT + "-01\r\nTracestate: a=b\r\nTracestate: c=d\r\n";
    private static final String FIELDS_OF_STREAM =
            "|traceparent: 00-" + TRACE + "-" + PARENT + "-01|tracestate: a=b|tracestate: c=d";
    private static final String GET = "GET / HTTP/1.1\r\nHost: shop.example\r\n";
    private static final String UPGRADE = "Connection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";

    private static Rig.Setup traced() {
        return Rig.setup().tracing(Tracing.BEGIN);
    }

    /** Origin and record agree on the trace that came, and on a span that is the relay's own. */
    private static void continued(String traceparent, String tracestate, RecordedDecision decision) {
        assertThat(decision.trace()).isEqualTo(TRACE);
        assertThat(decision.parent()).isEqualTo(PARENT);
        assertThat(decision.span()).matches("[0-9a-f]{16}").isNotEqualTo(PARENT);
        assertThat(traceparent).isEqualTo("00-" + TRACE + "-" + decision.span() + "-01");
        assertThat(tracestate).isEqualTo("a=b, c=d");
    }

    /** They agree on a trace that began here. */
    private static void begun(Wire.Request request, RecordedDecision decision) {
        begun(decision);
        assertThat(request.field("traceparent")).isEqualTo("00-" + decision.trace() + "-" + decision.span() + "-02");
        assertThat(request.fields()).doesNotContainKey("tracestate");
    }

    private static void begun(RecordedDecision decision) {
        assertThat(decision.trace()).matches("[0-9a-f]{32}").isNotEqualTo(TRACE);
        assertThat(decision.span()).matches("[0-9a-f]{16}");
        assertThat(decision.parent()).isEmpty();
    }

    private static void none(RecordedDecision decision) {
        assertThat(decision.trace()).isEmpty();
        assertThat(decision.span()).isEmpty();
        assertThat(decision.parent()).isEmpty();
    }

    @Test
    void goesOnFromHttp1ToHttp1() throws Exception {
        try (Origin origin = Origin.saying("hello");
                Rig rig = traced().reverse(origin).start();
                Wire client = rig.connect()) {
            client.send(GET + FIELDS + "\r\n").readResponse();
            Wire.Request request = origin.requests().getLast();
            continued(request.field("traceparent"), request.field("tracestate"), rig.decision());
        }
    }

    /** Each request of a connection has its own. */
    @Test
    void beginsWhereNoneCame() throws Exception {
        Set<String> traces = new HashSet<>();
        try (Origin origin = Origin.saying("hello");
                Rig rig = traced().reverse(origin).start();
                Wire client = rig.connect()) {
            for (int i = 0; i < 3; i++) {
                client.send(GET + "Tracestate: a=b\r\n\r\n").readResponse();
                RecordedDecision decision = rig.decision();
                begun(origin.requests().getLast(), decision);
                traces.add(decision.trace());
            }
            assertThat(traces).hasSize(3);
        }
    }

    @Test
    void beginsInPlaceOfWhatIsNotValid() throws Exception {
        try (Origin origin = Origin.saying("hello");
                Rig rig = traced().reverse(origin).start();
                Wire client = rig.connect()) {
            for (String invalid : List.of(
                    FIELDS + FIELDS,
                    FIELDS.replace("00-", "ff-"),
                    FIELDS.toUpperCase(Locale.ROOT),
                    FIELDS.replace(PARENT, "0".repeat(16)))) {
                client.send(GET + invalid + "\r\n").readResponse();
                begun(origin.requests().getLast(), rig.decision());
            }
        }
    }

    @Test
    void beginsAnewForEachRequestOfClientsThatAreNotTrusted() throws Exception {
        try (Origin origin = Origin.saying("hello");
                Rig rig = Rig.setup().tracing(Tracing.RESTART).reverse(origin).start();
                Wire client = rig.connect()) {
            client.send(GET + FIELDS + "\r\n").readResponse();
            begun(origin.requests().getLast(), rig.decision());
        }
    }

    @Test
    void goesOnFromStreamsToHttp1() throws Exception {
        try (Origin origin = Origin.saying("hello");
                Rig rig = traced().reverse(origin).start();
                Http2Wire client = rig.http2()) {
            String request = Http2Wire.request("GET", "/");
            client.headers(1, request + FIELDS_OF_STREAM, true);
            client.response(1);
            Wire.Request got = origin.requests().getLast();
            continued(got.field("traceparent"), got.field("tracestate"), rig.decision());

            client.headers(3, request, true);
            client.response(3);
            begun(origin.requests().getLast(), rig.decision());
        }
    }

    @Test
    void goesOnFromHttp1ToStreams() throws Exception {
        List<H2Peer.Head> heads = new CopyOnWriteArrayList<>();
        try (Origin origin = Origin.scripted((wire, number) -> {
                    H2Peer peer = H2Peer.serve(wire);
                    for (int i = 0; i < 2; i++) {
                        H2Peer.Head head = peer.nextHead();
                        heads.add(head);
                        peer.head(head.stream(), true, ":status", "204");
                    }
                    peer.untilEnd();
                });
                Rig rig = traced().reverse(origin)
                        .backend(Clusters.protocol(Cluster.Protocol.H2C))
                        .start();
                Wire client = rig.connect()) {
            client.send(GET + FIELDS + "\r\n").readResponse();
            H2Peer.Head head = heads.getLast();
            continued(head.field("traceparent"), head.field("tracestate"), rig.decision());

            client.send(GET + "\r\n").readResponse();
            RecordedDecision decision = rig.decision();
            begun(decision);
            assertThat(heads.getLast().field("traceparent"))
                    .isEqualTo("00-" + decision.trace() + "-" + decision.span() + "-02");
            assertThat(heads.getLast().fields()).doesNotContainKey("tracestate");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CONTINUE", "BEGIN"})
    void goesOnThroughAForwardProxy(Tracing tracing) throws Exception {
        try (Origin origin = Origin.saying("hello");
                Rig rig = Rig.setup().tracing(tracing).forward().start();
                Wire client = rig.connect()) {
            client.send("GET http://" + origin.authority() + "/ HTTP/1.1\r\nHost: a\r\n" + FIELDS + "\r\n")
                    .readResponse();
            Wire.Request request = origin.requests().getLast();
            continued(request.field("traceparent"), request.field("tracestate"), rig.decision());
        }
    }

    /** Nothing that the client did not send tells of a proxy that hides it. */
    @Test
    void isNotBegunByAProxyThatHidesItself() throws Exception {
        try (Origin origin = Origin.saying("hello");
                Rig rig = Rig.setup().forward().start();
                Wire client = rig.connect()) {
            for (String fields : List.of("", "Tracestate: a=b\r\n", FIELDS.replace("00-", "ff-"))) {
                client.send("GET http://" + origin.authority() + "/ HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n")
                        .readResponse();
                assertThat(origin.requests().getLast().fields()).doesNotContainKeys("traceparent", "tracestate");
                none(rig.decision());
            }
        }
    }

    /** It belongs to the hop to the proxy: nothing of it is put into the tunnel. */
    @Test
    void ofConnectIsRecorded() throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> wire.send("heard " + wire.readAll()));
                Rig rig = traced().forward().start();
                Wire client = rig.connect()) {
            client.send("CONNECT " + origin.authority() + " HTTP/1.1\r\nHost: a\r\n" + FIELDS + "\r\n");
            assertThat(client.readHead()).isEqualTo("HTTP/1.1 200 OK\r\n\r\n");
            client.send("all").endOutput();
            assertThat(client.readAll()).isEqualTo("heard all");
            recorded(rig.decision());
        }
    }

    @Test
    void ofConnectOnAStreamIsRecorded() throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> wire.send("heard " + wire.readAll()));
                Rig rig = traced().forward().start();
                Http2Wire client = rig.http2()) {
            client.headers(1, ":method: CONNECT|:authority: " + origin.authority() + FIELDS_OF_STREAM, false);
            client.next(Http2Wire.Head.class);
            client.data(1, "all", true);
            assertThat(client.next(Http2Wire.Data.class).text()).isEqualTo("heard all");
            recorded(rig.decision());
        }
    }

    private static void recorded(RecordedDecision decision) {
        assertThat(decision.kind()).isEqualTo(Decision.Kind.TUNNEL);
        assertThat(decision.trace()).isEqualTo(TRACE);
        assertThat(decision.parent()).isEqualTo(PARENT);
        assertThat(decision.span()).matches("[0-9a-f]{16}").isNotEqualTo(PARENT);
    }

    @Test
    void goesOnWithAnUpgrade() throws Exception {
        AtomicReference<Wire.Request> asked = new AtomicReference<>();
        try (Origin origin = Origin.scripted((wire, number) -> {
                    asked.set(wire.readRequest());
                    wire.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                            + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
                    wire.send("heard " + wire.readAll());
                });
                Rig rig = traced().reverse(origin).start();
                Wire client = rig.connect()) {
            client.send(GET + UPGRADE + FIELDS + "\r\n");
            assertThat(client.readHead()).startsWith("HTTP/1.1 101 ");
            client.send("all").endOutput();
            assertThat(client.readAll()).isEqualTo("heard all");
            continued(asked.get().field("traceparent"), asked.get().field("tracestate"), rig.decision());
        }
    }

    /** As an extended CONNECT on both sides (RFC 8441). */
    @Test
    void goesOnWithAWebSocketOfStreams() throws Exception {
        AtomicReference<H2Peer.Head> asked = new AtomicReference<>();
        try (Origin origin = Origin.scripted((wire, number) -> {
                    H2Peer peer = H2Peer.serve(wire, H2Peer.ENABLE_CONNECT_PROTOCOL, 1);
                    H2Peer.Head head = peer.nextHead();
                    asked.set(head);
                    peer.head(head.stream(), false, ":status", "200");
                    peer.data(head.stream(), "hello", true);
                    peer.untilEnd();
                });
                Rig rig = traced().reverse(origin)
                        .backend(Clusters.protocol(Cluster.Protocol.H2C))
                        .start();
                Http2Wire client = rig.http2()) {
            client.headers(
                    1,
                    ":method: CONNECT|:protocol: websocket|:scheme: http|:authority: shop.example|:path: /"
                            + "|sec-websocket-version: 13" + FIELDS_OF_STREAM,
                    false);
            client.next(Http2Wire.Head.class);
            client.data(1, "", true);
            assertThat(client.next(Http2Wire.Data.class).text()).isEqualTo("hello");
            H2Peer.Head head = asked.get();
            assertThat(head.field(":protocol")).isEqualTo("websocket");
            continued(head.field("traceparent"), head.field("tracestate"), rig.decision());
        }
    }

    @Test
    void ofARefusedRequestIsRecorded() throws Exception {
        Verdict refusal = new Verdict.Refuse(403, ProxyError.HTTP_REQUEST_DENIED, "rule", "No.");
        try (Rig rig = traced().role("proxy", (ask, peer, trail) -> refusal)
                        .forward()
                        .start();
                Wire client = rig.connect()) {
            client.send("GET http://a.example/ HTTP/1.1\r\nHost: a\r\n" + FIELDS + "\r\n");
            assertThat(client.readResponse().status()).isEqualTo(403);
            RecordedDecision decision = rig.decision();
            assertThat(decision.trace()).isEqualTo(TRACE);
            assertThat(decision.parent()).isEqualTo(PARENT);

            client.send("GET http://a.example/ HTTP/1.1\r\nHost: a\r\n\r\n").readResponse();
            begun(rig.decision());

            client.send("TRACE / HTTP/1.1\r\nHost: a\r\n" + FIELDS + "\r\n").readResponse();
            assertThat(rig.decision().trace()).isEqualTo(TRACE);

            client.send("GET / HTTP/1.1\r\nHost: a\r\n" + FIELDS + "Host: b\r\n\r\n")
                    .readResponse();
            none(rig.decision());
        }
    }

    /** All tries are of one span. */
    @Test
    void isTheSameInEveryTry() throws Exception {
        List<Wire.Request> tries = new CopyOnWriteArrayList<>();
        try (Origin origin = Origin.scripted((wire, number) -> {
                    tries.add(wire.readRequest());
                    if (number == 0) {
                        wire.send("HTTP/1.1 204 No Content\r\n\r\n");
                        tries.add(wire.readRequest());
                        wire.reset();
                    } else {
                        wire.send("HTTP/1.1 204 No Content\r\n\r\n");
                        wire.hasNext();
                    }
                });
                Rig rig = traced().reverse(origin).start();
                Wire client = rig.connect()) {
            client.send(GET + "\r\n").readResponse();
            rig.decision();
            client.send(GET + FIELDS + "\r\n");
            assertThat(client.readResponse().status()).isEqualTo(204);
            RecordedDecision decision = rig.decision();
            assertThat(tries).hasSize(3);
            for (Wire.Request each : tries.subList(1, 3)) {
                continued(each.field("traceparent"), each.field("tracestate"), decision);
            }
        }
    }
}
