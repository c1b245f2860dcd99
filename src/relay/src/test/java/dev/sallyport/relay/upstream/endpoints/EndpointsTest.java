package dev.sallyport.relay.upstream.endpoints;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.EndpointSet;
import dev.sallyport.model.config.EndpointSet.Endpoint;
import dev.sallyport.relay.Await;
import dev.sallyport.relay.record.Events;
import dev.sallyport.relay.record.Metrics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class EndpointsTest {
    private static final Endpoint FALLBACK = new Endpoint("10.96.0.9", 80);
    private static final Pace BRISK =
            new Pace(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofMillis(5), Duration.ofMillis(40));

    @TempDir
    Path mount;

    private final Metrics metrics = new Metrics();
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final Events events = new Events(said, Clock.systemUTC());
    private final List<List<Endpoint>> seen = Collections.synchronizedList(new ArrayList<>());
    private final List<AutoCloseable> opened = new ArrayList<>();
    private ScriptedApi api;

    @BeforeEach
    void open() throws Exception {
        Files.writeString(mount.resolve("token"), "first-token\n");
        api = new ScriptedApi();
        opened.add(api);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
        assertThat(said()).doesNotContain("-token");
    }

    private Endpoints endpoints(Pace pace) {
        return endpoints(new ApiServer(api.address(), mount.resolve("token"), mount.resolve("ca.crt")), pace);
    }

    private Endpoints endpoints(ApiServer server, Pace pace) {
        Endpoints endpoints = new Endpoints(metrics, new SliceWatches(server, pace, metrics, events));
        opened.add(endpoints);
        return endpoints;
    }

    private static Cluster cluster(EndpointSet endpoints) {
        return new Cluster("shop/cart:80", endpoints, Cluster.Balancing.LEAST_REQUEST, Duration.ofSeconds(1));
    }

    private static Cluster cart(String port) {
        return cluster(new EndpointSet.Slices("shop", "cart", port, FALLBACK));
    }

    private static String slice(String name, String version, String... addresses) {
        StringBuilder endpoints = new StringBuilder();
        for (String address : addresses) {
            endpoints
                    .append(endpoints.isEmpty() ? "" : ",")
                    .append("{'addresses':['")
                    .append(address)
                    .append("']}");
        }
        return "{'metadata':{'name':'" + name + "','resourceVersion':'" + version + "'},'addressType':'IPv4',"
                + "'ports':[{'name':'http','port':8080},{'name':'admin','port':9090}],'endpoints':[" + endpoints + "]}";
    }

    private static String list(String version, String... slices) {
        return "{'kind':'EndpointSliceList','metadata':{'resourceVersion':'" + version + "'},'items':["
                + String.join(",", slices) + "]}";
    }

    private static String page(String version, String next, String... slices) {
        return list(version, slices).replaceFirst("'}", "','continue':'" + next + "'}");
    }

    private static String event(String type, String object) {
        return "{'type':'" + type + "','object':" + object + "}\n";
    }

    private String said() {
        return said.toString(StandardCharsets.UTF_8);
    }

    /** Does it again and again until the peer hangs up, as it should. */
    private static void floodWith(Write write) {
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    write.run();
                }
            } catch (IOException e) {
                // It did.
            }
        });
    }

    private interface Write {
        void run() throws IOException;
    }

    private void awaitSeen(String... addresses) {
        Await.passes(
                "endpoints " + List.of(addresses),
                () -> assertThat(seen.getLast()).extracting(Endpoint::address).containsExactly(addresses));
    }

    private static String metric(Metrics metrics, String name) {
        return metrics.text()
                .lines()
                .filter(line -> line.startsWith(name))
                .findFirst()
                .orElse("");
    }

    @Test
    void tellsFixedEndpointsAtOnce() {
        try (Endpoints fixed = new Endpoints(metrics, null)) {
            Endpoint one = new Endpoint("192.0.2.1", 80);
            EndpointSource.Watch watch = fixed.watch(cluster(new EndpointSet.Fixed(List.of(one, one))), seen::add);
            assertThat(seen).containsExactly(List.of(one));
            assertThat(metric(metrics, "sallyport_cluster_endpoints{")).endsWith("} 1");
            watch.close();
            assertThat(metric(metrics, "sallyport_cluster_endpoints{")).isEmpty();
        }
    }

    @Test
    void hasTheFallbackAloneWhereThereIsNoApiServer() {
        try (Endpoints alone = new Endpoints(metrics, null)) {
            alone.watch(cart("http"), seen::add);
            alone.watch(cluster(new EndpointSet.Slices("shop", "headless", "http", null)), seen::add);
            assertThat(seen).containsExactly(List.of(FALLBACK), List.of());
        }
    }

    @Test
    void listsThenFollowsTheChanges() throws Exception {
        EndpointSource.Watch watch = endpoints(BRISK).watch(cart("http"), seen::add);
        assertThat(seen).containsExactly(List.of(FALLBACK));

        ScriptedApi.Call listing = api.takeList();
        assertThat(listing.target())
                .isEqualTo("/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices"
                        + "?labelSelector=kubernetes.io%2Fservice-name%3Dcart&limit=100&resourceVersion=0");
        assertThat(listing.authorization()).isEqualTo("Bearer first-token");
        listing.answer(200, list("100", slice("a", "90", "10.0.0.2", "10.0.0.1")));
        awaitSeen("10.0.0.1", "10.0.0.2");
        assertThat(seen.getLast().getFirst().port()).isEqualTo(8080);

        ScriptedApi.Call watching = api.takeWatch("100");
        assertThat(watching.target()).contains("allowWatchBookmarks=true").contains("timeoutSeconds=");
        watching.begin();
        watching.chunk(event("ADDED", slice("b", "101", "10.0.0.3")));
        awaitSeen("10.0.0.1", "10.0.0.2", "10.0.0.3");
        watching.chunk(event("MODIFIED", slice("a", "102", "10.0.0.2")));
        awaitSeen("10.0.0.2", "10.0.0.3");
        watching.chunk(event("DELETED", slice("b", "103", "10.0.0.3")));
        awaitSeen("10.0.0.2");
        watching.chunk(event("MODIFIED", slice("a", "104")));
        awaitSeen();
        assertThat(metric(metrics, "sallyport_endpoint_watch_failures_total")).endsWith(" 0");
        watch.close();
        Await.until(
                "the connection is closed",
                () -> watching.socket().getInputStream().read() < 0);
    }

    @Test
    void readsEventsHoweverTheyAreCutIntoChunks() throws Exception {
        endpoints(BRISK).watch(cart("http"), seen::add);
        api.takeList().answer(200, list("1"));
        awaitSeen();
        ScriptedApi.Call watching = api.takeWatch("1");
        watching.begin();
        String both = event("ADDED", slice("a", "2", "10.0.0.1")) + event("ADDED", slice("b", "3", "10.0.0.2"));
        for (int i = 0; i < both.length(); i += 7) {
            watching.chunk(both.substring(i, Math.min(both.length(), i + 7)));
        }
        awaitSeen("10.0.0.1", "10.0.0.2");
        watching.chunk(event("MODIFIED", slice("a", "4", "10.0.0.3")) + event("ADDED", slice("c", "5", "10.0.0.4")));
        awaitSeen("10.0.0.2", "10.0.0.3", "10.0.0.4");
    }

    @Test
    void goesOnWhereABookmarkLeftIt() throws Exception {
        endpoints(BRISK).watch(cart("http"), seen::add);
        api.takeList().answer(200, list("1", slice("a", "1", "10.0.0.1")));
        ScriptedApi.Call watching = api.takeWatch("1");
        watching.begin();
        watching.chunk(event("BOOKMARK", "{'kind':'EndpointSlice','metadata':{'resourceVersion':'77'}}"));
        watching.end();
        api.takeWatch("77");
        awaitSeen("10.0.0.1");
    }

    @Test
    void goesOnAfterACutWithinAnEvent() throws Exception {
        endpoints(BRISK).watch(cart("http"), seen::add);
        api.takeList().answer(200, list("1", slice("a", "1", "10.0.0.1")));
        ScriptedApi.Call watching = api.takeWatch("1");
        watching.begin();
        watching.chunk(event("ADDED", slice("b", "2", "10.0.0.2")));
        watching.chunk(event("ADDED", slice("c", "3", "10.0.0.3")).substring(0, 60));
        awaitSeen("10.0.0.1", "10.0.0.2");
        watching.cut();
        ScriptedApi.Call again = api.takeWatch("2");
        again.begin();
        again.chunk(event("ADDED", slice("c", "3", "10.0.0.3")));
        awaitSeen("10.0.0.1", "10.0.0.2", "10.0.0.3");
        ScriptedApi.Call ended = again;
        ended.chunk(event("ADDED", slice("d", "4", "10.0.0.4")).substring(0, 60));
        ended.end();
        api.takeWatch("3");
        awaitSeen("10.0.0.1", "10.0.0.2", "10.0.0.3");
    }

    @Test
    void listsAnewWhenItsPlaceIsGone() throws Exception {
        endpoints(BRISK).watch(cart("http"), seen::add);
        api.takeList().answer(200, list("1", slice("a", "1", "10.0.0.1"), slice("b", "1", "10.0.0.2")));
        ScriptedApi.Call watching = api.takeWatch("1");
        watching.begin();
        watching.chunk(event("ERROR", "{'kind':'Status','code':410,'reason':'Expired'}"));
        ScriptedApi.Call listing = api.takeList();
        assertThat(listing.target()).doesNotContain("resourceVersion");
        assertThat(seen.getLast()).as("kept meanwhile").hasSize(2);
        listing.answer(200, list("500", slice("a", "400", "10.0.0.5")));
        awaitSeen("10.0.0.5");
        api.takeWatch("500").answer(410, "{}");
        api.takeList().answer(200, list("600", slice("a", "600", "10.0.0.6")));
        awaitSeen("10.0.0.6");
        api.takeWatch("600");
    }

    @Test
    void readsTheTokenAnewForEachRequest() throws Exception {
        endpoints(BRISK).watch(cart("http"), seen::add);
        api.takeList().answer(200, list("1", slice("a", "1", "10.0.0.1")));
        awaitSeen("10.0.0.1");
        ScriptedApi.Call watching = api.takeWatch("1");
        assertThat(watching.authorization()).isEqualTo("Bearer first-token");
        Files.writeString(mount.resolve("token"), "second-token");
        watching.answer(401, "{'message':'token first-token has expired'}");
        ScriptedApi.Call again = api.takeWatch("1");
        assertThat(again.authorization()).isEqualTo("Bearer second-token");
        again.begin();
        again.chunk(event("ADDED", slice("b", "2", "10.0.0.2")));
        awaitSeen("10.0.0.1", "10.0.0.2");
        Await.until("it says that it recovered", () -> said().contains("endpoint-watch-recovered"));
        assertThat(said()).contains("answers 401");
    }

    @Test
    void keepsWhatItKnowsWhileTheServerIsAway() throws Exception {
        endpoints(BRISK).watch(cart("http"), seen::add);
        api.takeList().answer(200, list("1", slice("a", "1", "10.0.0.1")));
        awaitSeen("10.0.0.1");
        api.takeWatch("1").begin();
        int port = api.port();
        api.close();
        Await.passes(
                "many tries fail",
                () -> assertThat(metric(metrics, "sallyport_endpoint_watch_failures_total "))
                        .matches(".* [0-9]{2,}"));
        assertThat(said().lines().filter(l -> l.contains("endpoint-watch-failed")))
                .as("complaints are not repeated")
                .hasSizeLessThan(5);
        assertThat(seen.getLast()).extracting(Endpoint::address).containsExactly("10.0.0.1");
        try (ScriptedApi back = new ScriptedApi(new ServerSocket(port, 50, InetAddress.getLoopbackAddress()))) {
            ScriptedApi.Call watching = back.takeWatch("1");
            watching.begin();
            watching.chunk(event("MODIFIED", slice("a", "2", "10.0.0.7")));
            awaitSeen("10.0.0.7");
        }
    }

    @Test
    void usesTheFallbackUntilTheFirstListHoweverLongThatTakes() throws Exception {
        endpoints(BRISK).watch(cart("http"), seen::add);
        for (int i = 0; i < 5; i++) {
            api.takeList().answer(503, "");
        }
        assertThat(seen).containsExactly(List.of(FALLBACK));
        api.takeList().answer(200, list("1"));
        awaitSeen();
    }

    @Test
    void noticesAConnectionThatDiedInSilence() throws Exception {
        Pace impatient = new Pace(BRISK.answer(), Duration.ofMillis(150), BRISK.firstWait(), BRISK.longestWait());
        endpoints(impatient).watch(cart("http"), seen::add);
        api.takeList().answer(200, list("1", slice("a", "1", "10.0.0.1")));
        ScriptedApi.Call dead = api.takeWatch("1");
        dead.begin();
        api.takeWatch("1");
        awaitSeen("10.0.0.1");
        assertThat(said()).contains("nothing was heard");
    }

    @Test
    void takesUpAListPageByPage() throws Exception {
        endpoints(BRISK).watch(cart("http"), seen::add);
        api.takeList().answer(200, page("100", "next 1", slice("a", "90", "10.0.0.1")));
        ScriptedApi.Call second = api.takeList();
        assertThat(second.target()).endsWith("&limit=100&continue=next+1");
        assertThat(seen).as("a part is not the whole").containsExactly(List.of(FALLBACK));
        second.answer(410, "{}");
        ScriptedApi.Call anew = api.takeList();
        assertThat(anew.target()).endsWith("&limit=100");
        anew.answer(200, page("200", "next 2", slice("b", "150", "10.0.0.2")));
        api.takeList().answer(200, list("200", slice("c", "160", "10.0.0.3")));
        awaitSeen("10.0.0.2", "10.0.0.3");
        api.takeWatch("200");
    }

    @Test
    void boundsTheNumberOfPages() throws Exception {
        endpoints(BRISK).watch(cart("http"), seen::add);
        for (int i = 0; i < 100; i++) {
            api.takeList().answer(200, page("100", "more"));
        }
        assertThat(api.takeList().target()).as("begins anew").endsWith("&resourceVersion=0");
        assertThat(said()).contains("a list of more than 100 pages");
        assertThat(seen).containsExactly(List.of(FALLBACK));
    }

    @Test
    void boundsAPage() throws Exception {
        endpoints(BRISK).watch(cart("http"), seen::add);
        ScriptedApi.Call listing = api.takeList();
        listing.begin();
        floodWith(() -> listing.chunk(" ".repeat(1 << 20)));
        api.takeList();
        assertThat(said()).contains("a page of more than 16777216 bytes");
    }

    @Test
    void goesOnWhereItWasAfterWhatIsNotHttp() throws Exception {
        endpoints(BRISK).watch(cart("http"), seen::add);
        api.takeList().answer(200, list("1", slice("a", "1", "10.0.0.1")));
        for (String nonsense : List.of(
                "SSH-2.0-OpenSSH_10.0\r\n",
                "HTTP/1.1 200 OK\r\n folded: yes\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n 5\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n")) {
            ScriptedApi.Call watching = api.takeWatch("1");
            watching.write(nonsense);
            watching.cut();
        }
        api.takeWatch("1").begin();
        assertThat(said()).contains("not valid HTTP");
        assertThat(seen.getLast()).extracting(Endpoint::address).containsExactly("10.0.0.1");
    }

    @Test
    void boundsAHead() throws Exception {
        endpoints(BRISK).watch(cart("http"), seen::add);
        ScriptedApi.Call endless = api.takeList();
        endless.write("HTTP/1.1 200 OK\r\n");
        floodWith(() -> endless.write("X-More: " + "x".repeat(1000) + "\r\n"));
        ScriptedApi.Call promising = api.takeList();
        assertThat(said()).contains("head too large");
        promising.write("HTTP/1.1 103 Early Hints\r\n\r\n");
        promising.answer(200, list("1", slice("a", "1", "10.0.0.1")));
        awaitSeen("10.0.0.1");
    }

    @Test
    void followsNoRedirect() throws Exception {
        try (ScriptedApi elsewhere = new ScriptedApi()) {
            endpoints(BRISK).watch(cart("http"), seen::add);
            ScriptedApi.Call listing = api.takeList();
            listing.write("HTTP/1.1 302 Found\r\nLocation: " + elsewhere.address() + listing.target()
                    + "\r\nContent-Length: 0\r\n\r\n");
            api.takeList();
            assertThat(said()).contains("answers 302");
            assertThat(elsewhere.isQuiet()).isTrue();
        }
    }

    @Test
    void doesNotWaitForEverForAnAnswer() throws Exception {
        Pace impatient = new Pace(Duration.ofMillis(300), BRISK.silence(), BRISK.firstWait(), BRISK.longestWait());
        endpoints(impatient).watch(cart("http"), seen::add);
        ScriptedApi.Call stalled = api.takeList();
        stalled.write("HTTP/1.1 200 ");
        api.takeList();
        assertThat(said()).contains("no answer within PT0.3S");
        assertThat(stalled.socket().getInputStream().read()).as("closed").isNegative();
    }

    @Test
    void asksNothingWithoutAToken() throws Exception {
        for (String none : List.of("", "two words", "a\r\nX-More: b", "t\u00f6ken")) {
            Files.writeString(mount.resolve("token"), none, StandardCharsets.ISO_8859_1);
            said.reset();
            try (Endpoints without = new Endpoints(
                    metrics,
                    new SliceWatches(
                            new ApiServer(api.address(), mount.resolve("token"), mount.resolve("ca.crt")),
                            BRISK,
                            metrics,
                            events))) {
                without.watch(cart("http"), seen::add);
                Await.until("it complains", () -> said().contains("token: holds no token"));
            }
        }
        assertThat(api.isQuiet()).isTrue();
        assertThat(said()).doesNotContain("two words").doesNotContain("X-More");
    }

    @Test
    void listsAnewAfterWhatItCannotRead() throws Exception {
        endpoints(BRISK).watch(cart("http"), seen::add);
        api.takeList().answer(200, list("1", slice("a", "1", "10.0.0.1")));
        for (String nonsense : List.of(
                "not json\n",
                "7\n",
                "\n",
                "{'type':7,'object':[]}\n",
                event("RENAMED", slice("a", "2")),
                event("ADDED", "{'metadata':{'name':'a'},'addressType':'IPv4'}"),
                event("ADDED", "{'metadata':{'name':'a','resourceVersion':2},'addressType':'IPv4'}"),
                event("BOOKMARK", "{}"),
                event("ERROR", "{'code':'x'}"),
                event("ADDED", "[".repeat(5_000)))) {
            ScriptedApi.Call watching = api.takeWatch("1");
            watching.begin();
            watching.chunk(nonsense);
            ScriptedApi.Call listing = api.takeList();
            listing.answer(200, list("1", slice("a", "1", "10.0.0.1")));
        }
        api.takeWatch("1");
        assertThat(seen).extracting(list -> list.getFirst().address()).containsExactly("10.96.0.9", "10.0.0.1");
    }

    @Test
    void keepsWhatItKnowsWhenAListCannotBeRead() throws Exception {
        endpoints(BRISK).watch(cart("http"), seen::add);
        for (String nonsense : List.of(
                "", "7", "{}", "[]", "<html>", list("1", "7"), "{'metadata':{'resourceVersion':1},'items':[]}")) {
            api.takeList().answer(200, nonsense);
        }
        api.takeList().answer(200, list("1", slice("a", "1", "10.0.0.1")));
        awaitSeen("10.0.0.1");
        assertThat(seen).hasSize(2);
    }

    @Test
    void boundsAnEvent() throws Exception {
        endpoints(BRISK).watch(cart("http"), seen::add);
        api.takeList().answer(200, list("1", slice("a", "1", "10.0.0.1")));
        ScriptedApi.Call watching = api.takeWatch("1");
        watching.begin();
        String megabyte = " ".repeat(1 << 20);
        floodWith(() -> watching.chunk(megabyte));
        api.takeList();
        assertThat(said()).contains("an event of more than 4194304 bytes");
    }

    @Test
    void watchesAServiceOnceForAllOfItsPorts() throws Exception {
        Endpoints endpoints = endpoints(BRISK);
        List<List<Endpoint>> admin = Collections.synchronizedList(new ArrayList<>());
        EndpointSource.Watch first = endpoints.watch(cart("http"), seen::add);
        api.takeList().answer(200, list("1", slice("a", "1", "10.0.0.1")));
        awaitSeen("10.0.0.1");
        ScriptedApi.Call watching = api.takeWatch("1");
        watching.begin();
        EndpointSource.Watch second = endpoints.watch(cart("admin"), admin::add);
        assertThat(admin).as("what is known already").containsExactly(List.of(new Endpoint("10.0.0.1", 9090)));
        first.close();
        watching.chunk(event("ADDED", slice("b", "2", "10.0.0.2")));
        Await.until("the second is told", () -> admin.size() == 2);
        assertThat(seen).as("the first is not told any more").hasSize(2);
        assertThat(api.isQuiet()).isTrue();
        second.close();
        Await.until(
                "the watch ends with the last",
                () -> watching.socket().getInputStream().read() < 0);
    }

    @Test
    void tellsASlowConsumerOnlyTheLatest() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Endpoints endpoints = endpoints(BRISK);
        List<List<Endpoint>> quick = Collections.synchronizedList(new ArrayList<>());
        endpoints.watch(cart("admin"), quick::add);
        endpoints.watch(cart("http"), list -> {
            seen.add(list);
            if (seen.size() == 2) {
                busy.countDown();
                try {
                    go.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        });
        api.takeList().answer(200, list("1", slice("a", "1", "10.0.0.1")));
        busy.await();
        ScriptedApi.Call watching = api.takeWatch("1");
        watching.begin();
        for (int i = 2; i <= 50; i++) {
            watching.chunk(event("MODIFIED", slice("a", "" + i, "10.0.0." + i)));
        }
        Await.until(
                "the quick one is not held up",
                () -> quick.getLast().getFirst().address().equals("10.0.0.50"));
        go.countDown();
        awaitSeen("10.0.0.50");
        assertThat(seen).hasSize(3);
    }

    @Test
    void trustsTheGivenCertificatesAlone() throws Exception {
        try (ScriptedApi secure = ScriptedApi.overTls(mount)) {
            Files.move(mount.resolve("ca.crt"), mount.resolve("own.crt"));
            ScriptedApi.makeCertificate(mount.resolve("other.p12"), mount.resolve("ca.crt"));
            endpoints(secured(secure), BRISK).watch(cart("http"), seen::add);
            Await.until("the stranger is turned down", () -> said().contains("endpoint-watch-failed"));
            assertThat(secure.isQuiet()).isTrue();
            assertThat(said()).contains("the TLS handshake failed: the certificate is not valid");

            Files.copy(
                    mount.resolve("own.crt"),
                    mount.resolve("ca.crt"),
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            secure.takeList().answer(200, list("1", slice("a", "1", "10.0.0.1")));
            awaitSeen("10.0.0.1");
        }
    }

    @Test
    void readsALongStreamOverTls() throws Exception {
        try (ScriptedApi secure = ScriptedApi.overTls(mount)) {
            endpoints(secured(secure), BRISK).watch(cart("http"), seen::add);
            // Several records of TLS, and chunks that are cut by them.
            String padding = " ".repeat(100_000);
            secure.takeList().answer(200, list("1", padding + slice("a", "1", "10.0.0.1")));
            ScriptedApi.Call watching = secure.takeWatch("1");
            watching.begin();
            for (int i = 2; i <= 20; i++) {
                watching.chunk(padding.substring(i) + event("MODIFIED", slice("a", "" + i, "10.0.0." + i)));
            }
            awaitSeen("10.0.0.20");
            watching.end();
            secure.takeWatch("20");
            assertThat(said()).doesNotContain("failed");
        }
    }

    @Test
    void checksTheNameOfTheApiServer() throws Exception {
        try (ScriptedApi secure = ScriptedApi.overTls(mount)) {
            ApiServer other = new ApiServer(
                    URI.create("https://localhost:" + secure.port()), mount.resolve("token"), mount.resolve("ca.crt"));
            endpoints(other, BRISK).watch(cart("http"), seen::add);
            Await.until("it is turned down", () -> said().contains("the TLS handshake failed"));
            assertThat(secure.isQuiet()).isTrue();
        }
    }

    @Test
    void doesNotWaitForEverForTls() throws Exception {
        Pace impatient = new Pace(Duration.ofMillis(300), BRISK.silence(), BRISK.firstWait(), BRISK.longestWait());
        ScriptedApi.makeCertificate(mount.resolve("api.p12"), mount.resolve("ca.crt"));
        // Plain: it takes the client's hello for a request that does not end.
        ApiServer mute = new ApiServer(
                URI.create("https://127.0.0.1:" + api.port()), mount.resolve("token"), mount.resolve("ca.crt"));
        endpoints(mute, impatient).watch(cart("http"), seen::add);
        Await.until("it gives up", () -> said().contains("no answer within PT0.3S"));
    }

    private ApiServer secured(ScriptedApi secure) {
        return ApiServer.ofCluster(
                Map.of("KUBERNETES_SERVICE_HOST", "127.0.0.1", "KUBERNETES_SERVICE_PORT", "" + secure.port()), mount);
    }

    @Test
    void findsTheApiServerOfItsCluster() {
        assertThat(ApiServer.ofCluster(Map.of(), mount)).isNull();
        assertThat(ApiServer.ofCluster(Map.of("KUBERNETES_SERVICE_HOST", "10.96.0.1"), mount.resolve("none")))
                .isNull();
        assertThat(ApiServer.ofCluster(Map.of("KUBERNETES_SERVICE_HOST", "10.96.0.1"), mount)
                        .address())
                .hasToString("https://10.96.0.1:443");
        assertThat(ApiServer.ofCluster(
                                Map.of("KUBERNETES_SERVICE_HOST", "fd00::1", "KUBERNETES_SERVICE_PORT", "6443"), mount)
                        .address())
                .hasToString("https://[fd00::1]:6443");
    }
}
