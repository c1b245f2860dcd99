package dev.sallyport.relay.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.CircuitBreaker;
import dev.sallyport.model.config.ClientLimits;
import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.role.ProxyError;
import dev.sallyport.relay.record.Decision.End;
import dev.sallyport.relay.record.RecordedDecision;
import dev.sallyport.relay.rig.Await;
import dev.sallyport.relay.rig.Clusters;
import dev.sallyport.relay.rig.H2Peer;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests of HTTP/1.1 to origins that speak HTTP/2 with prior knowledge. */
class H2OriginTest {
    private static final String GET = "GET /a?b=c HTTP/1.1\r\nHost: shop.example\r\nConnection: x-once\r\nX-Once: 1\r\n"
            + "Accept: */*\r\nX-Kept: yes\r\n\r\n";

    private static final int NO_ERROR = 0;
    private static final int PROTOCOL_ERROR = 1;
    private static final int INTERNAL_ERROR = 2;
    private static final int FLOW_CONTROL_ERROR = 3;
    private static final int FRAME_SIZE_ERROR = 6;
    private static final int REFUSED_STREAM = 7;
    private static final int CANCEL = 8;
    private static final int COMPRESSION_ERROR = 9;
    private static final int ENHANCE_YOUR_CALM = 11;

    /** An origin that runs a script on each connection, after the greeting. */
    private static Origin h2(Script script, int... settings) {
        return Origin.scripted((wire, number) -> {
            H2Peer peer = H2Peer.serve(wire, settings);
            script.run(peer, number);
            peer.untilEnd();
        });
    }

    @FunctionalInterface
    private interface Script {
        void run(H2Peer peer, int number) throws Exception;
    }

    /** An origin that answers each request with its path. */
    private static Origin echo(int... settings) {
        return h2(
                (peer, number) -> {
                    while (peer.hasNext()) {
                        H2Peer.Frame frame = peer.next();
                        if (frame.type() == H2Peer.HEADERS) {
                            H2Peer.Head request = peer.head(frame);
                            peer.head(request.stream(), false, ":status", "200");
                            peer.data(request.stream(), request.field(":path"), true);
                        }
                    }
                },
                settings);
    }

    private static Rig.Setup before(Origin... origins) {
        return Rig.setup().reverse(origins).backend(Clusters.protocol(Cluster.Protocol.H2C));
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n";
    }

    /** Nothing else happens on the connection after that. */
    @Test
    void sendsTheRestOfABodyWhenTheWindowsOpen() throws Exception {
        int size = 100_000;
        try (Origin origin = h2((peer, number) -> {
                    int stream = peer.nextHead().stream();
                    int got = 0;
                    while (got < 65_535) {
                        got += peer.next(H2Peer.DATA).payload().length;
                    }
                    peer.windowUpdate(0, size).windowUpdate(stream, size);
                    H2Peer.Frame frame;
                    do {
                        frame = peer.next(H2Peer.DATA);
                        got += frame.payload().length;
                    } while (!frame.endsStream());
                    peer.head(stream, false, ":status", "200");
                    peer.data(stream, Integer.toString(got), true);
                });
                Rig rig = before(origin).start();
                Wire client = rig.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n" + "x".repeat(size));
            assertThat(client.readResponse().body()).isEqualTo(Integer.toString(size));
        }
    }

    @Test
    void speaksToThemAsTheyDo() throws Exception {
        List<H2Peer.Head> heads = new CopyOnWriteArrayList<>();
        try (Origin origin = h2((peer, number) -> {
                    heads.add(peer.nextHead());
                    peer.head(1, false, ":status", "200", "x-answer", "42", "content-length", "5");
                    peer.data(1, "hello", true);
                    heads.add(peer.nextHead());
                    peer.head(3, true, ":status", "200", "content-length", "7");
                    heads.add(peer.nextHead());
                    peer.head(5, true, ":status", "200");
                });
                Rig rig = before(origin).start();
                Wire client = rig.connect()) {
            client.send(GET);
            Wire.Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.field("x-answer")).isEqualTo("42");
            assertThat(response.field("content-length")).isEqualTo("5");
            assertThat(response.body()).isEqualTo("hello");
            client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.readResponse(true).field("content-length")).isEqualTo("7");
            client.send(GET);
            assertThat(client.readResponse().field("content-length")).isEqualTo("0");
            H2Peer.Head first = heads.getFirst();
            assertThat(first.last()).isTrue();
            assertThat(first.fields())
                    .containsEntry(":method", "GET")
                    .containsEntry(":scheme", "http")
                    .containsEntry(":authority", "shop.example")
                    .containsEntry(":path", "/a?b=c")
                    .containsEntry("x-kept", "yes")
                    .containsEntry("x-forwarded-for", "127.0.0.1")
                    .containsEntry("x-forwarded-port", "8080")
                    .containsKeys("forwarded", "via")
                    .doesNotContainKeys("host", "connection", "x-once", "transfer-encoding");
            RecordedDecision decision = rig.decision();
            assertThat(decision.status()).isEqualTo(200);
            assertThat(decision.responseBytes()).isEqualTo(5);
            assertThat(decision.end()).isEqualTo(End.COMPLETE);
            assertThat(origin.accepted()).isEqualTo(1);
        }
    }

    @Test
    void carriesBodiesAndTrailers() throws Exception {
        try (Origin origin = h2((peer, number) -> {
                    H2Peer.Head request = peer.nextHead();
                    assertThat(request.field("te")).isEqualTo("trailers");
                    assertThat(request.fields()).doesNotContainKeys("content-length", "transfer-encoding");
                    assertThat(peer.next(H2Peer.DATA).text()).isEqualTo("hello");
                    H2Peer.Head trailers = peer.nextHead();
                    assertThat(trailers.last()).isTrue();
                    assertThat(trailers.fields()).containsOnlyKeys("x-sum");
                    peer.head(1, false, ":status", "200");
                    peer.data(1, "world", false);
                    peer.head(1, true, "grpc-status", "0");
                });
                Rig rig = before(origin).start();
                Wire client = rig.connect()) {
            client.send(
                    "POST / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nConnection: TE\r\nTransfer-Encoding: chunked\r\n\r\n"
                            + "5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n");
            String head = client.readHead();
            assertThat(head).startsWith("HTTP/1.1 200 ").contains("Transfer-Encoding: chunked");
            assertThat(client.readUntil("\r\n\r\n")).isEqualTo("5\r\nworld\r\n0\r\ngrpc-status: 0\r\n\r\n");
        }
    }

    @Test
    void passesInterimResponsesOn() throws Exception {
        try (Origin origin = h2((peer, number) -> {
                    peer.nextHead();
                    peer.head(1, false, ":status", "103", "link", "</a.css>");
                    peer.head(1, true, ":status", "204");
                });
                Rig rig = before(origin).start();
                Wire client = rig.connect()) {
            client.send(GET);
            assertThat(client.readHead()).startsWith("HTTP/1.1 103 ").contains("link: </a.css>");
            assertThat(client.readHead()).startsWith("HTTP/1.1 204 ");
        }
    }

    @Test
    void sharesOneConnectionAmongAll() throws Exception {
        CountDownLatch all = new CountDownLatch(8);
        try (Origin origin = h2((peer, number) -> {
                    for (int i = 0; i < 8; i++) {
                        peer.nextHead();
                        all.countDown();
                    }
                    for (int i = 7; i >= 0; i--) {
                        peer.head(1 + 2 * i, false, ":status", "200");
                        peer.data(1 + 2 * i, "of " + i, true);
                    }
                });
                Rig rig = before(origin).start()) {
            List<Wire> clients = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                clients.add(rig.connect().send(GET));
            }
            assertThat(all.await(10, TimeUnit.SECONDS)).isTrue();
            for (Wire client : clients) {
                assertThat(client.readResponse().body()).startsWith("of ");
                client.close();
            }
            assertThat(origin.accepted()).isEqualTo(1);
        }
    }

    @Test
    void makesAnotherConnectionWhenOneIsFull() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        try (Origin origin = h2(
                        (peer, number) -> {
                            peer.nextHead();
                            both.countDown();
                            both.await();
                            peer.head(1, true, ":status", "200");
                        },
                        H2Peer.MAX_CONCURRENT_STREAMS,
                        1);
                Rig rig = before(origin).start();
                Wire one = rig.connect();
                Wire two = rig.connect()) {
            one.send(GET);
            two.send(GET);
            assertThat(one.readResponse().status()).isEqualTo(200);
            assertThat(two.readResponse().status()).isEqualTo(200);
            assertThat(origin.accepted()).isEqualTo(2);
        }
    }

    @Test
    void doesWithoutAnOriginThatTakesNoRequests() throws Exception {
        try (Origin origin = h2((peer, number) -> {}, H2Peer.MAX_CONCURRENT_STREAMS, 0);
                Rig rig = before(origin).retries(0).start();
                Wire client = rig.connect()) {
            client.send(GET);
            Wire.Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(503);
            assertThat(response.field("proxy-status")).contains("connection_limit_reached");
        }
    }

    @Test
    void makesNoMoreConnectionsThanTheLimit() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (Origin origin = h2(
                        (peer, number) -> {
                            for (int id = 1; id < 7; id += 2) {
                                peer.nextHead();
                                begun.countDown();
                                go.await();
                                peer.head(id, true, ":status", "204");
                            }
                        },
                        H2Peer.MAX_CONCURRENT_STREAMS,
                        1);
                Rig rig = before(origin)
                        .backend(Clusters.limits(new CircuitBreaker(1, 2, 0, Duration.ofSeconds(10))))
                        .start()) {
            List<Wire> clients = new ArrayList<>();
            clients.add(rig.connect().send(GET));
            assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < 3; i++) {
                clients.add(rig.connect().send(GET));
            }
            assertThat(rig.decision().error()).isEqualTo(ProxyError.CONNECTION_LIMIT_REACHED);
            go.countDown();
            List<Integer> statuses = new ArrayList<>();
            for (Wire client : clients) {
                statuses.add(client.readResponse().status());
                client.close();
            }
            assertThat(statuses).containsExactlyInAnyOrder(503, 204, 204, 204);
            assertThat(origin.accepted()).isEqualTo(1);
        }
    }

    @Test
    void letsNobodyWaitTooLongForRoom() throws Exception {
        try (Origin origin = h2((peer, number) -> peer.nextHead(), H2Peer.MAX_CONCURRENT_STREAMS, 1);
                Rig rig = before(origin)
                        .retries(0)
                        .backend(Clusters.limits(new CircuitBreaker(1, 0, 0, Duration.ofMillis(100))))
                        .start();
                Wire one = rig.connect();
                Wire two = rig.connect()) {
            one.send(GET);
            two.send(GET);
            assertThat(rig.decision().error()).isEqualTo(ProxyError.CONNECTION_LIMIT_REACHED);
        }
    }

    // ---- at their pace

    @Test
    void holdsAClientBackWhoseOriginGivesNoCredit() throws Exception {
        int size = 32 << 20;
        CountDownLatch read = new CountDownLatch(1);
        AtomicLong sent = new AtomicLong();
        try (Origin origin = h2((peer, number) -> {
                    peer.nextHead();
                    read.await();
                    peer.windowUpdate(0, size).windowUpdate(1, size);
                    int left = size;
                    while (left > 0) {
                        left -= peer.next(H2Peer.DATA).payload().length;
                    }
                    peer.head(1, true, ":status", "204");
                });
                Rig rig = Rig.setup()
                        .reverse(l -> new ClientLimits(l.headerBytes(), 0, l.headerTimeout(), l.idleTimeout()), origin)
                        .backend(Clusters.protocol(Cluster.Protocol.H2C))
                        .start();
                Wire client = rig.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n");
            Thread sender = Thread.ofVirtual().start(() -> {
                byte[] block = new byte[16 << 10];
                for (int i = 0; i < size; i += block.length) {
                    client.send(block);
                    sent.addAndGet(block.length);
                }
            });
            Await.stillness("the client is held back", sent::get);
            assertThat(sent.get()).isLessThan(size);
            read.countDown();
            assertThat(client.readResponse().status()).isEqualTo(204);
            sender.join();
        }
    }

    @Test
    void givesCreditAsTheClientTakesData() throws Exception {
        int size = 32 << 20;
        AtomicLong sent = new AtomicLong();
        try (Origin origin = h2((peer, number) -> {
                    peer.nextHead();
                    peer.head(1, false, ":status", "200");
                    long credit = 128 << 10;
                    long ofConnection = 16 << 20;
                    int left = size;
                    while (left > 0) {
                        int length = (int) Math.min(Math.min(credit, ofConnection), Math.min(left, 16 << 10));
                        if (length > 0) {
                            peer.data(1, "x".repeat(length), length == left);
                            left -= length;
                            credit -= length;
                            ofConnection -= length;
                            sent.addAndGet(length);
                        } else {
                            H2Peer.Frame update = peer.next(H2Peer.WINDOW_UPDATE);
                            if (update.stream() == 0) {
                                ofConnection += update.number(0);
                            } else {
                                credit += update.number(0);
                            }
                        }
                    }
                });
                Rig rig = before(origin).start();
                Wire client = rig.connect()) {
            client.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
            client.readHead();
            Await.stillness("the origin is held back", sent::get);
            assertThat(sent.get()).isLessThan(size / 2);
            assertThat(client.readAll()).hasSize(size);
        }
    }

    @Test
    void keepsToSmallWindowsAndFrames() throws Exception {
        String text = "0123456789".repeat(500);
        try (Origin origin = h2(
                        (peer, number) -> {
                            peer.nextHead();
                            assertThat(peer.next(H2Peer.DATA).payload()).hasSize(1000);
                            peer.windowUpdate(1, 10_000);
                            StringBuilder rest = new StringBuilder();
                            while (rest.length() < 4000) {
                                rest.append(peer.next(H2Peer.DATA).text());
                            }
                            assertThat(rest.toString()).isEqualTo(text.substring(1000));
                            assertThat(peer.next(H2Peer.DATA).endsStream()).isTrue();
                            peer.head(1, true, ":status", "204");
                        },
                        H2Peer.INITIAL_WINDOW_SIZE,
                        1000);
                Rig rig = before(origin).start();
                Wire client = rig.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n" + text);
            assertThat(client.readResponse().status()).isEqualTo(204);
        }
    }

    @Test
    void lastsThroughManyRequests() throws Exception {
        try (Origin origin = echo();
                Rig rig = before(origin).start();
                Wire client = rig.connect()) {
            for (int i = 0; i < 1000; i++) {
                client.send(get("/" + i));
                assertThat(client.readResponse().body()).isEqualTo("/" + i);
            }
            assertThat(origin.accepted()).isEqualTo(1);
        }
    }

    // ---- when they go away, or refuse

    @Test
    void asksAgainWhatWasRefused() throws Exception {
        try (Origin origin = h2((peer, number) -> {
                    H2Peer.Head refused = peer.nextHead();
                    peer.reset(refused.stream(), REFUSED_STREAM);
                    H2Peer.Head again = peer.nextHead();
                    peer.head(again.stream(), true, ":status", "204");
                });
                Rig rig = before(origin).start();
                Wire client = rig.connect()) {
            client.send("DELETE / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.readResponse().status()).isEqualTo(204);
            assertThat(rig.decision().retries()).isEqualTo(1);
        }
    }

    @Test
    void doesNotAskForEver() throws Exception {
        try (Origin origin = h2((peer, number) -> {
                    while (peer.hasNext()) {
                        H2Peer.Frame frame = peer.next();
                        if (frame.type() == H2Peer.HEADERS) {
                            peer.reset(frame.stream(), REFUSED_STREAM);
                        }
                    }
                });
                Rig rig = before(origin).start();
                Wire client = rig.connect()) {
            client.send(GET);
            Wire.Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(503);
            assertThat(response.field("proxy-status")).contains("destination_unavailable");
        }
    }

    @Test
    void asksAnewWhatAnOriginThatGoesAwayDidNotSee() throws Exception {
        CountDownLatch sent = new CountDownLatch(2);
        try (Origin origin = h2((peer, number) -> {
                    if (number == 0) {
                        peer.nextHead();
                        sent.countDown();
                        peer.nextHead();
                        sent.countDown();
                        peer.goAway(1, 0);
                        peer.head(1, false, ":status", "200");
                        peer.data(1, "first", true);
                    } else {
                        peer.nextHead();
                        peer.head(1, false, ":status", "200");
                        peer.data(1, "second", true);
                    }
                });
                Rig rig = before(origin).start();
                Wire one = rig.connect();
                Wire two = rig.connect()) {
            one.send(get("/"));
            Await.until("the first is there", () -> sent.getCount() == 1);
            two.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
            assertThat(one.readResponse().body()).isEqualTo("first");
            assertThat(two.readResponse().body()).isEqualTo("second");
        }
    }

    @Test
    void repeatsWhatWasAskedOnAConnectionThatEnded() throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> {
                    H2Peer peer = H2Peer.serve(wire);
                    peer.nextHead();
                    peer.head(1, true, ":status", "204");
                    if (number == 0) {
                        peer.nextHead();
                    } else {
                        peer.untilEnd();
                    }
                });
                Rig rig = before(origin).start();
                Wire client = rig.connect()) {
            for (int i = 0; i < 2; i++) {
                client.send(GET);
                assertThat(client.readResponse().status()).isEqualTo(204);
            }
            assertThat(origin.accepted()).isEqualTo(2);
        }
    }

    @Test
    void letsRequestsFinishWhenTheEndpointLeaves() throws Exception {
        CountDownLatch removed = new CountDownLatch(1);
        try (Origin origin = h2((peer, number) -> {
                    peer.nextHead();
                    peer.head(1, false, ":status", "200");
                    peer.data(1, "before ", false);
                    removed.await();
                    peer.data(1, "after", true);
                    peer.next(H2Peer.GOAWAY);
                });
                Origin other = echo();
                Rig rig = before(origin).start();
                Wire client = rig.connect();
                Wire next = rig.connect()) {
            client.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
            client.readUntil("before ");
            rig.backend(Clusters.endpoints(other));
            next.send(get("/other"));
            assertThat(next.readResponse().body()).isEqualTo("/other");
            removed.countDown();
            assertThat(client.readAll()).isEqualTo("after");
            Await.until("the old connection is closed", () -> origin.open() == 0);
        }
    }

    @Test
    void letsGoOfAStreamWhoseClientLeaves() throws Exception {
        CountDownLatch cancelled = new CountDownLatch(1);
        try (Origin origin = h2((peer, number) -> {
                    peer.nextHead();
                    peer.head(1, false, ":status", "200");
                    peer.data(1, "half", false);
                    H2Peer.Frame reset = peer.next(H2Peer.RST_STREAM);
                    assertThat(reset.stream()).isEqualTo(1);
                    assertThat(reset.number(0)).isEqualTo(CANCEL);
                    cancelled.countDown();
                    peer.data(1, "late", true);
                    H2Peer.Head next = peer.nextHead();
                    peer.head(next.stream(), true, ":status", "204");
                });
                Rig rig = before(origin).start()) {
            Wire leaving = rig.connect().send(GET);
            leaving.readUntil("half");
            leaving.reset();
            assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
            try (Wire client = rig.connect()) {
                client.send(GET);
                assertThat(client.readResponse().status()).isEqualTo(204);
            }
            assertThat(origin.accepted()).isEqualTo(1);
        }
    }

    @Test
    void cutsAResponseThatTheOriginBreaksOff() throws Exception {
        try (Origin origin = h2((peer, number) -> {
                    peer.nextHead();
                    peer.head(1, false, ":status", "200");
                    peer.data(1, "half", false);
                    peer.reset(1, INTERNAL_ERROR);
                });
                Rig rig = before(origin).start();
                Wire client = rig.connect()) {
            client.send(GET);
            client.readHead();
            assertThat(client.readAll()).isEqualTo("4\r\nhalf\r\n");
            RecordedDecision decision = rig.decision();
            assertThat(decision.end()).isEqualTo(End.UPSTREAM_CLOSED);
            assertThat(decision.error()).isEqualTo(ProxyError.HTTP_RESPONSE_INCOMPLETE);
        }
    }

    @Test
    void takesAWholeResponseBeforeTheRequestHasEnded() throws Exception {
        try (Origin origin = h2((peer, number) -> {
                    peer.nextHead();
                    peer.head(1, false, ":status", "413");
                    peer.data(1, "no", true);
                    peer.reset(1, NO_ERROR);
                });
                Rig rig = before(origin).start();
                Wire client = rig.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
            Wire.Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(413);
            assertThat(response.body()).isEqualTo("no");
        }
    }

    /** Both directions at once: each side answers what it has heard. */
    @Test
    void carriesBothDirectionsAtATime() throws Exception {
        try (Origin origin = h2((peer, number) -> {
                    peer.nextHead();
                    peer.head(1, false, ":status", "200");
                    for (int i = 0; i < 3; i++) {
                        peer.data(1, "heard " + peer.next(H2Peer.DATA).text(), false);
                    }
                    assertThat(peer.next(H2Peer.DATA).endsStream()).isTrue();
                    peer.data(1, "", true);
                });
                Rig rig = before(origin).start();
                Wire client = rig.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            client.readHead();
            for (int i = 0; i < 3; i++) {
                client.send("1\r\n" + i + "\r\n");
                assertThat(client.readUntil("heard " + i + "\r\n")).isEqualTo("7\r\nheard " + i + "\r\n");
            }
            client.send("0\r\n\r\n");
            assertThat(client.readUntil("0\r\n\r\n")).isEqualTo("0\r\n\r\n");
            assertThat(rig.decision().end()).isEqualTo(End.COMPLETE);
        }
    }

    // ---- what they do wrong

    /** What an origin may do to one stream; others go on. */
    private enum Misdeed {
        STATUS_MISSING((peer, id) -> peer.head(id, true, "x", "y")),
        STATUS_MALFORMED((peer, id) -> peer.head(id, true, ":status", "20x")),
        SWITCHING((peer, id) -> peer.head(id, false, ":status", "101")),
        INTERIM_AT_THE_END((peer, id) -> peer.head(id, true, ":status", "100")),
        REQUEST_FIELD((peer, id) -> peer.head(id, true, ":status", "200", ":path", "/")),
        CONNECTION_FIELD((peer, id) -> peer.head(id, true, ":status", "200", "connection", "close")),
        CODING((peer, id) -> peer.head(id, false, ":status", "200", "transfer-encoding", "chunked")),
        UPPER_CASE((peer, id) -> peer.head(id, true, ":status", "200", "X-Upper", "a")),
        LINE_IN_VALUE((peer, id) -> peer.head(id, true, ":status", "200", "x", "a\r\ny: b")),
        DATA_FIRST((peer, id) -> peer.data(id, "x", true)),
        LENGTH_WITHOUT_BODY((peer, id) -> peer.head(id, true, ":status", "200", "content-length", "5")),
        TWO_LENGTHS((peer, id) -> peer.head(id, false, ":status", "200", "content-length", "5", "content-length", "6")),
        MANY_FIELDS((peer, id) -> {
            String[] fields = new String[602];
            fields[0] = ":status";
            fields[1] = "200";
            for (int i = 2; i < fields.length; i += 2) {
                fields[i] = "x-" + i;
                fields[i + 1] = "y";
            }
            peer.head(id, true, fields);
        });

        private final BiConsumer<H2Peer, Integer> deed;

        Misdeed(BiConsumer<H2Peer, Integer> deed) {
            this.deed = deed;
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesAMalformedResponse(Misdeed misdeed) throws Exception {
        try (Origin origin = h2((peer, number) -> {
                    peer.nextHead();
                    misdeed.deed.accept(peer, 1);
                    assertThat(peer.next(H2Peer.RST_STREAM).stream()).isEqualTo(1);
                    H2Peer.Head next = peer.nextHead();
                    peer.head(next.stream(), true, ":status", "204");
                });
                Rig rig = before(origin).start();
                Wire client = rig.connect()) {
            client.send(GET);
            Wire.Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.field("proxy-status")).containsAnyOf("http_protocol_error", "section_size");
            client.send(GET);
            assertThat(client.readResponse().status()).isEqualTo(204);
            assertThat(origin.accepted()).isEqualTo(1);
        }
    }

    /** What an origin may do to a body that has begun. */
    private enum BodyMisdeed {
        TOO_LONG((peer, id) -> peer.data(id, "7 bytes", true)),
        TOO_SHORT((peer, id) -> peer.data(id, "2b", true)),
        TRAILERS_TOO_EARLY((peer, id) -> peer.head(id, true, "x-sum", "1")),
        TRAILERS_THAT_END_NOTHING((peer, id) -> peer.data(id, "hello", false).head(id, false, "x-sum", "1")),
        PSEUDO_FIELD_IN_TRAILERS((peer, id) -> peer.data(id, "hello", false).head(id, true, ":status", "200"));

        private final BiConsumer<H2Peer, Integer> deed;

        BodyMisdeed(BiConsumer<H2Peer, Integer> deed) {
            this.deed = deed;
        }
    }

    @ParameterizedTest
    @EnumSource
    void cutsAMalformedBody(BodyMisdeed misdeed) throws Exception {
        try (Origin origin = h2((peer, number) -> {
                    peer.nextHead();
                    peer.head(1, false, ":status", "200", "content-length", "5");
                    misdeed.deed.accept(peer, 1);
                    assertThat(peer.next(H2Peer.RST_STREAM).number(0)).isEqualTo(PROTOCOL_ERROR);
                });
                Rig rig = before(origin).start();
                Wire client = rig.connect()) {
            client.send(GET);
            assertThat(client.readHead()).startsWith("HTTP/1.1 200 ");
            assertThat(client.readAll()).hasSizeLessThanOrEqualTo(5);
            assertThat(rig.decision().error()).isEqualTo(ProxyError.HTTP_PROTOCOL_ERROR);
        }
    }

    /** What an origin may do to a whole connection. */
    private enum Breach {
        NO_SETTINGS(PROTOCOL_ERROR, peer -> peer.send(H2Peer.HEADERS, H2Peer.END_HEADERS, 0)),
        PUSH(
                PROTOCOL_ERROR,
                peer -> peer.send(H2Peer.PUSH_PROMISE, H2Peer.END_HEADERS, 1, (byte) 0, (byte) 0, (byte) 0, (byte) 2)),
        PUSH_SETTING(PROTOCOL_ERROR, peer -> peer.settings(2, 1)),
        STREAM_OF_ITS_OWN(PROTOCOL_ERROR, peer -> peer.head(2, true, ":status", "200")),
        STREAM_AHEAD(PROTOCOL_ERROR, peer -> peer.head(99, true, ":status", "200")),
        WINDOW_OVERFLOW(FLOW_CONTROL_ERROR, peer -> peer.windowUpdate(0, Integer.MAX_VALUE)),
        COMPRESSION(
                COMPRESSION_ERROR,
                peer -> peer.send(
                        H2Peer.HEADERS, H2Peer.END_HEADERS, 1, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0x7F)),
        LARGE_FRAME(FRAME_SIZE_ERROR, peer -> peer.send(H2Peer.DATA, 0, 1, new byte[(16 << 10) + 1])),
        PING_FLOOD(ENHANCE_YOUR_CALM, peer -> flood(peer, () -> peer.send(H2Peer.PING, 0, 0, new byte[8]))),
        SETTINGS_FLOOD(ENHANCE_YOUR_CALM, peer -> flood(peer, () -> peer.settings())),
        EMPTY_DATA_FLOOD(
                ENHANCE_YOUR_CALM, peer -> flood(peer.head(1, false, ":status", "200"), () -> peer.data(1, "", false))),
        CONTINUATION_FLOOD(
                ENHANCE_YOUR_CALM,
                peer -> flood(peer.send(H2Peer.HEADERS, 0, 1), () -> peer.send(H2Peer.CONTINUATION, 0, 1)));

        private final int code;
        private final Consumer<H2Peer> deed;

        Breach(int code, Consumer<H2Peer> deed) {
            this.code = code;
            this.deed = deed;
        }

        /** Sends until the relay has had enough. */
        private static void flood(H2Peer peer, Runnable frame) {
            try {
                for (int i = 0; i < 20_000; i++) {
                    frame.run();
                }
            } catch (UncheckedIOException e) {
                // cut off, as it should be
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void endsAConnectionThatBreaksTheRules(Breach breach) throws Exception {
        AtomicInteger code = new AtomicInteger(-1);
        try (Origin origin = Origin.scripted((wire, number) -> {
                    H2Peer peer = H2Peer.serve(wire);
                    peer.nextHead();
                    breach.deed.accept(peer);
                    try {
                        code.set(peer.next(H2Peer.GOAWAY).number(4));
                    } catch (UncheckedIOException e) {
                        code.set(ENHANCE_YOUR_CALM); // reset, with more of the flood on its way
                    }
                });
                Rig rig = before(origin).start();
                Wire client = rig.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
            assertThat(client.readHead()).containsAnyOf("HTTP/1.1 502 ", "HTTP/1.1 200 ");
            assertThat(rig.decision().error())
                    .isIn(ProxyError.HTTP_PROTOCOL_ERROR, ProxyError.HTTP_RESPONSE_INCOMPLETE);
            Await.until("the origin was told", () -> code.get() >= 0);
            assertThat(code.get()).isEqualTo(breach.code);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", "\0\0\0\1\0\0\0\0\1", ""})
    void doesWithoutAnOriginThatSpeaksSomethingElse(String words) throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.read(H2Peer.PREFACE.length());
                    wire.send(words);
                    if (words.isEmpty()) {
                        wire.endOutput();
                    }
                    while (wire.hasNext()) {
                        wire.read(1);
                    }
                });
                Rig rig = before(origin).retries(0).start();
                Wire client = rig.connect()) {
            client.send(GET);
            Wire.Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.field("proxy-status")).containsAnyOf("http_protocol_error", "connection_terminated");
        }
    }

    @Test
    void triesAnotherWhenOneIsNotThere() throws Exception {
        Origin gone = echo();
        gone.close();
        try (Origin origin = echo();
                Rig rig = before(gone, origin).start();
                Wire client = rig.connect()) {
            for (int i = 0; i < 4; i++) {
                client.send(get("/"));
                assertThat(client.readResponse().body()).isEqualTo("/");
            }
        }
    }
}
