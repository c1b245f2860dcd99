package dev.sallyport.e2e;

import static dev.sallyport.e2e.harness.World.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.e2e.harness.Answer;
import dev.sallyport.e2e.harness.Example;
import dev.sallyport.e2e.harness.Relays;
import dev.sallyport.e2e.harness.Run;
import dev.sallyport.e2e.harness.Suite;
import dev.sallyport.e2e.harness.Until;
import dev.sallyport.e2e.harness.World;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The example of certificates on all sides, from the one of a client to the one of a Service. */
@ExtendWith(Suite.class)
@Order(4)
class MutualTlsTest {
    private static final String NAMESPACE = "example-mtls";

    private final World world;
    private final Example example;
    private final Relays relays;

    MutualTlsTest(World world) {
        this.world = world;
        this.example = world.example("08-mtls");
        this.relays = new Relays(world, NAMESPACE, "partners");
    }

    @BeforeAll
    void start() {
        example.run("certificates.sh");
        Until.holds(PATIENCE, () -> assertServed(PARTNER));
    }

    @AfterAll
    void end() {
        world.remove(NAMESPACE);
    }

    private static final String NOBODY = "--cacert /front/ca.crt --connect-to";
    private static final String PARTNER = "--cert /partner";
    private static final String NEXT = "--cert /next";

    @Test
    @Order(1)
    void clientsWithoutTheRightCertificateAreRefused() {
        assertRefused(NOBODY, "certificate required");
        assertRefused(NEXT, "unknown ca");
    }

    @Test
    @Order(2)
    void thePartnerIsServedAndTheServiceSeesTheProxysCertificate() {
        Answer answer = example.curl(PARTNER);

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.server()).startsWith("ledger-");
        assertThat(answer.field("X-Echo-Certificate")).isEqualTo("relay");
        assertThat(answer.field("X-Echo-Server-Name")).isEqualTo("ledger.example.com");
    }

    @Test
    @Order(3)
    void anAuthorityIsReplacedWithoutAnotherPod() {
        List<String> pods = relays.names();

        example.run("both-ca.crt");
        Until.holds(PATIENCE, () -> assertServed(NEXT));
        assertServed(PARTNER);

        example.run("--from-file=ca.crt=certificates/next-ca.crt");
        Until.holds(PATIENCE, () -> assertRefused(PARTNER, "unknown ca"));
        assertServed(NEXT);
        assertThat(relays.names()).containsExactlyInAnyOrderElementsOf(pods);
        assertThat(relays.restarts()).isZero();
    }

    @Test
    @Order(4)
    void whoNeedsNoneMayShowNoneButNotAWrongOne() {
        example.run("Optional");

        Until.holds(PATIENCE, () -> assertServed(NOBODY));
        assertServed(NEXT);
        assertRefused(PARTNER, "unknown ca");
    }

    @Test
    @Order(5)
    void aServiceOfAnotherAuthorityGetsNoRequest() {
        example.run("create configmap ledger-ca");

        Until.holds(PATIENCE, () -> {
            Answer answer = example.curl(NEXT);
            assertThat(answer.status()).as(answer.toString()).isEqualTo(502);
            assertThat(answer.field("Proxy-Status")).contains("error=tls_certificate_error");
        });
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void theReadmeHasNoOtherCommands() {
        assertThat(example.left()).isEmpty();
    }

    private void assertServed(String client) {
        Answer answer = example.curl(client);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    }

    private void assertRefused(String client, String alert) {
        Run run = example.attempt(client);
        assertThat(run.succeeded()).as(run.toString()).isFalse();
        assertThat(run.err()).as(run.toString()).contains("alert " + alert);
    }
}
