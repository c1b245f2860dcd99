package dev.sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.e2e.harness.ClientPod;
import dev.sallyport.e2e.harness.Internet;
import dev.sallyport.e2e.harness.Load;
import dev.sallyport.e2e.harness.Suite;
import dev.sallyport.e2e.harness.World;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the other scenarios stand on: without a proxy, clients reach backends and the internet. */
@ExtendWith(Suite.class)
@Order(0)
class ClusterTest {
    private static final String NAMESPACE = "e2e-cluster";

    private final World world;
    private ClientPod client;

    ClusterTest(World world) {
        this.world = world;
    }

    @BeforeAll
    void start() {
        world.namespace(NAMESPACE);
        world.backend(NAMESPACE, "backend", 1);
        client = world.client(NAMESPACE, "client");
    }

    @AfterAll
    void end() {
        world.remove(NAMESPACE);
    }

    @Test
    void clientsReachBackends() {
        var answer = client.curl("-d", "hello", "http://backend/path?query");

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.server()).startsWith("backend-");
        assertThat(answer.body()).startsWith("POST /path?query HTTP/1.1\n").endsWith("\n\nhello");
        assertThat(answer.field("X-Echo-Client")).isEqualTo(client.address());
    }

    @Test
    void clientsReachTheInternetByName() {
        world.internet();
        var plain = client.curl("http://www.example.com/");
        var secure = client.curl("--cacert", "/ca/ca.pem", "https://secure.example.com/");

        assertThat(plain.received("Host")).as(plain.toString()).isEqualTo("www.example.com");
        assertThat(secure.received("Host")).as(secure.toString()).isEqualTo("secure.example.com");
        assertThat(client.curl("http://" + Internet.WEB + "/").status()).isEqualTo(200);
    }

    @Test
    void aLoadCountsWhatWasAnswered() {
        Load load = world.load(NAMESPACE, "load", "--url", "http://backend/", "--rate", "100");
        load.goOn(50);
        Load.Report report = load.end();

        assertThat(report.failed()).as(report.toString()).isZero();
        assertThat(report.connections()).as(report.toString()).isEqualTo(4);
        assertThat(report.requests()).isGreaterThan(50);
    }
}
