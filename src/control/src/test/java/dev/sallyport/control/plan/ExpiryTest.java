package dev.sallyport.control.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.control.Control;
import dev.sallyport.control.Objects;
import dev.sallyport.control.input.GivenObjects;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** When status has to say something else of a certificate, though nobody has changed anything. */
class ExpiryTest {
    private static final Path SECRET = Path.of("src/test/scenarios/forward-tls-expired/in-secret.yaml");

    @Test
    void isWhenACertificateBecomesValidAndWhenItExpires() throws IOException {
        Plan plan = Control.plan(
                Objects.forward(
                        "{listeners: {mixed: {tls: {certificateRefs: [{name: proxy-tls}]}}}, allow: [a.example]}"),
                new GivenObjects(Objects.all(Files.readString(SECRET))),
                Objects.PODS);
        Instant begins = plan.nextExpiry(Instant.EPOCH).orElseThrow();
        assertThat(plan.expired(begins.minusMillis(1)))
                .singleElement()
                .asString()
                .contains("is not valid before");
        assertThat(plan.expired(begins)).isEmpty();
        Instant ends = plan.nextExpiry(begins).orElseThrow();
        assertThat(plan.expired(ends.minusSeconds(1))).isEmpty();
        assertThat(plan.expired(ends)).singleElement().asString().contains("expired at");
        assertThat(plan.nextExpiry(ends)).isEmpty();
    }
}
