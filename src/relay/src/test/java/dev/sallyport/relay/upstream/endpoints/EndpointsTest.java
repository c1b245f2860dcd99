package dev.sallyport.relay.upstream.endpoints;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.EndpointSet;
import dev.sallyport.model.config.EndpointSet.Endpoint;
import dev.sallyport.relay.Await;
import dev.sallyport.relay.record.Events;
import dev.sallyport.relay.record.Metrics;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
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
        assertThat(said.toString(StandardCharsets.UTF_8)).doesNotContain("-token");
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

    private static String event(String type, String object) {
        return "{'type':'" + type + "','object':" + object + "}\n";
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
                        + "?labelSelector=kubernetes.io%2Fservice-name%3Dcart&resourceVersion=0");
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
        Await.until(
                "it says that it recovered",
                () -> said.toString(StandardCharsets.UTF_8).contains("endpoint-watch-recovered"));
        assertThat(said.toString(StandardCharsets.UTF_8)).contains("answers 401");
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
        assertThat(said.toString(StandardCharsets.UTF_8).lines().filter(l -> l.contains("endpoint-watch-failed")))
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
        assertThat(said.toString(StandardCharsets.UTF_8)).contains("nothing was heard");
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
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    watching.chunk(megabyte);
                }
            } catch (java.io.IOException e) {
                // It hung up, as it should.
            }
        });
        api.takeList();
        assertThat(said.toString(StandardCharsets.UTF_8)).contains("an event of more than 4194304 bytes");
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
            ApiServer server = ApiServer.ofCluster(
                    Map.of("KUBERNETES_SERVICE_HOST", "127.0.0.1", "KUBERNETES_SERVICE_PORT", "" + secure.port()),
                    mount);
            assertThat(server).isNotNull();
            endpoints(server, BRISK).watch(cart("http"), seen::add);
            Await.until(
                    "the stranger is turned down",
                    () -> said.toString(StandardCharsets.UTF_8).contains("endpoint-watch-failed"));
            assertThat(secure.isQuiet()).isTrue();

            Files.copy(
                    mount.resolve("own.crt"),
                    mount.resolve("ca.crt"),
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            secure.takeList().answer(200, list("1", slice("a", "1", "10.0.0.1")));
            awaitSeen("10.0.0.1");
        }
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
