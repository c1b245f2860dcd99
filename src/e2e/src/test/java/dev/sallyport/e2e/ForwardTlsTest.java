package dev.sallyport.e2e;

import static dev.sallyport.e2e.harness.World.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.e2e.harness.Answer;
import dev.sallyport.e2e.harness.Example;
import dev.sallyport.e2e.harness.Internet;
import dev.sallyport.e2e.harness.Relays;
import dev.sallyport.e2e.harness.Suite;
import dev.sallyport.e2e.harness.World;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The example of a forward proxy that clients speak TLS with. */
@ExtendWith(Suite.class)
@Order(4)
class ForwardTlsTest {
    private static final String NAMESPACE = "example-forward-tls";

    private final World world;
    private final Example example;

    ForwardTlsTest(World world) {
        this.world = world;
        this.example = world.example("09-forward-over-tls");
    }

    @BeforeAll
    void start() {
        world.internet();
        example.run("kubectl apply");
        // The address of the tests' www.example.com is none of the public internet.
        world.kubectl()
                .run(
                        "patch",
                        "fp",
                        "-n",
                        NAMESPACE,
                        "egress",
                        "--type=merge",
                        "-p",
                        "{\"spec\":{\"guards\":{\"privateRanges\":{\"except\":[\"" + Internet.NETWORK + "\"]}}}}");
        new Relays(world, NAMESPACE, "egress")
                .serve(
                        PATIENCE,
                        world.kubectl()
                                .get("fp", "-n", NAMESPACE, "egress")
                                .at("/metadata/generation")
                                .asLong());
    }

    @AfterAll
    void end() {
        world.remove(NAMESPACE);
    }

    @Test
    void aRequestIsForwarded() {
        Answer answer = example.curl("/tls/tls.crt http://");

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.received("Host")).isEqualTo("www.example.com");
        assertThat(answer.received("Via") + answer.received("X-Forwarded-For")).isEmpty();
    }

    @Test
    void aTunnelIsMade() {
        Answer answer = example.curl("-sSik --proxy-cacert");

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.field("X-Echo-Server-Name")).isEqualTo("www.example.com");
    }

    @Test
    void aTunnelIsAStreamOfHttp2() {
        Answer answer = example.curl("--proxy-http2");

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.field("X-Echo-Server-Name")).isEqualTo("www.example.com");
        assertThat(answer.error()).contains("CONNECT tunnel: HTTP/2 negotiated");
    }

    @Test
    void whoSpeaksWithoutTlsIsNotServed() {
        Answer answer = example.curl("-x http://egress:8443");

        assertThat(answer.exit()).as(answer.toString()).isNotZero();
        assertThat(answer.status()).isZero();
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void theReadmeHasNoOtherCommands() {
        assertThat(example.left()).isEmpty();
    }
}
