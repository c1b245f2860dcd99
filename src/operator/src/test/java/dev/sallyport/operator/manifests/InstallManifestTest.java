package dev.sallyport.operator.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.operator.cluster.Manifests;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@code manifests/install.yaml} is the base in one file. With {@code -Drewrite=true} the test writes it instead. */
class InstallManifestTest {
    private static final Path INSTALL = Manifests.root().resolve("manifests/install.yaml");

    @Test
    void isCurrent() throws IOException {
        if (Boolean.getBoolean("rewrite")) {
            Files.writeString(INSTALL, Manifests.text());
        }
        assertThat(Files.readString(INSTALL))
                .as("run `make generate` and commit what it writes")
                .isEqualTo(Manifests.text());
    }

    @Test
    void imagesAreThoseOfThisVersion() throws IOException {
        Matcher version = Pattern.compile("<artifactId>sallyport</artifactId>\\s*<version>([^<]+)</version>")
                .matcher(Files.readString(Manifests.root().resolve("pom.xml")));
        assertThat(version.find()).isTrue();
        Container operator = Manifests.objects(Deployment.class)
                .findFirst()
                .orElseThrow()
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .getFirst();
        assertThat(operator.getImage()).isEqualTo("localhost/sallyport-operator:" + version.group(1));
        assertThat(operator.getEnv())
                .filteredOn(variable -> variable.getName().equals("SALLYPORT_RELAY_IMAGE"))
                .extracting(EnvVar::getValue)
                .containsExactly("localhost/sallyport-relay:" + version.group(1));
        assertThat(operator.getEnv())
                .filteredOn(variable -> variable.getName().equals("SALLYPORT_REDIRECT_IMAGE"))
                .extracting(EnvVar::getValue)
                .containsExactly("localhost/sallyport-redirect:" + version.group(1));
    }
}
