package dev.sallyport.control.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.v1alpha1.common.CertificateRef;
import dev.sallyport.control.Objects;
import dev.sallyport.control.input.GivenObjects;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialsTest {
    private static final Path GIVEN = Path.of("src/test/scenarios/reverse-tls/in-secrets.yaml");

    /** The Secrets shop-tls, whose key is PKCS #1 for RSA, and wild-tls, whose key is SEC 1 for EC. */
    private static Map<String, String> given(String name) throws IOException {
        for (HasMetadata object : Objects.all(Files.readString(GIVEN))) {
            if (object instanceof Secret secret
                    && name.equals(secret.getMetadata().getName())) {
                return secret.getStringData();
            }
        }
        throw new AssertionError(name);
    }

    private static Credentials following(Map<String, String> data) {
        return new Credentials(
                "shop",
                new GivenObjects(List.of(new SecretBuilder()
                        .withNewMetadata()
                        .withNamespace("shop")
                        .withName("front")
                        .endMetadata()
                        .withStringData(data)
                        .build())));
    }

    private static Optional<String> certificate(Credentials credentials) {
        return credentials.certificate("spec.tls", new CertificateRef("front", null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"shop-tls", "wild-tls"})
    void everyFormOfAKeyBecomesTheSame(String name) throws IOException {
        Map<String, String> data = given(name);
        Credentials first = following(data);
        assertThat(certificate(first)).hasValue("shop.front");
        String key = new String(first.bundle().key("shop.front"), StandardCharsets.US_ASCII);
        assertThat(key).startsWith("-----BEGIN PRIVATE KEY-----\n").endsWith("-----END PRIVATE KEY-----\n");

        Credentials again = following(Map.of("tls.crt", "a note\n" + data.get("tls.crt"), "tls.key", key));
        assertThat(certificate(again)).hasValue("shop.front");
        assertThat(again.bundle()).isEqualTo(first.bundle());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-----BEGIN ENCRYPTED PRIVATE KEY-----AAAA-----END ENCRYPTED PRIVATE KEY----- | tls.key needs a passphrase; give it without one",
                "-----BEGIN PRIVATE KEY-----AAAA-----END PRIVATE KEY----- | tls.key is not the private key of the first certificate in tls.crt; give the two that were made together",
                "nothing | tls.key holds no private key; give one in PEM, without a passphrase",
            })
    void aKeyThatCannotBeUsedIsSaidAndNotShown(String key, String message) throws IOException {
        Credentials credentials = following(Map.of("tls.crt", given("shop-tls").get("tls.crt"), "tls.key", key));
        assertThat(certificate(credentials)).isEmpty();
        assertThat(credentials.bundle().isEmpty()).isTrue();
        assertThat(credentials.unresolved()).singleElement().hasToString("spec.tls: Secret front: " + message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tls.crt", "tls.key"})
    void noSpoiltContentIsMoreThanUnresolved(String part) throws IOException {
        Random random = new Random(7);
        for (int i = 0; i < 200; i++) {
            Map<String, String> data = new HashMap<>(given("wild-tls"));
            StringBuilder spoilt = new StringBuilder(data.get(part));
            for (int j = 0; j <= random.nextInt(4); j++) {
                spoilt.setCharAt(random.nextInt(spoilt.length()), (char) random.nextInt(128));
            }
            data.put(part, spoilt.toString());
            Credentials credentials = following(data);
            assertThat(certificate(credentials).isEmpty())
                    .isEqualTo(credentials.unresolved().size() == 1)
                    .isEqualTo(credentials.bundle().isEmpty());
        }
    }
}
