package dev.sallyport.relay.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.ApplicationPod;
import dev.sallyport.model.config.Drain;
import dev.sallyport.model.config.InvalidConfigException;
import dev.sallyport.model.config.RelayConfig;
import dev.sallyport.model.config.RelayConfigCodec;
import dev.sallyport.model.config.SecretBundle;
import dev.sallyport.model.config.Source;
import dev.sallyport.relay.Await;
import dev.sallyport.relay.Configs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigDirectoriesTest {
    private static final ConfigDirectory.Observer NOBODY = new ConfigDirectory.Observer() {
        @Override
        public void served(ConfigStatus.Served served) {}

        @Override
        public void refused(ConfigStatus.Refusal refusal) {}

        @Override
        public void waiting(ConfigStatus.Waiting waiting) {}
    };

    @TempDir
    Path one;

    @TempDir
    Path other;

    private volatile @Nullable RelayConfig config;
    private volatile SecretBundle secrets = SecretBundle.EMPTY;
    private ConfigDirectories directories;

    @BeforeEach
    void watch() throws IOException {
        directories = new ConfigDirectories(
                List.of(one, other), Duration.ofMillis(20), ApplicationPod.NONE, this::take, NOBODY);
        directories.start();
    }

    @AfterEach
    void close() throws IOException {
        directories.close();
    }

    private void take(RelayConfig now, SecretBundle with) throws InvalidConfigException {
        if (!now.secrets().equals(with.revision())) {
            throw new InvalidConfigException("secrets: are not what is named");
        }
        config = now;
        secrets = with;
    }

    private static SecretBundle bundle(String... namesAndContents) {
        Map<String, byte[]> files = new TreeMap<>();
        for (int i = 0; i < namesAndContents.length; i += 2) {
            files.put(namesAndContents[i], namesAndContents[i + 1].getBytes(StandardCharsets.UTF_8));
        }
        return new SecretBundle(files);
    }

    private static RelayConfig empty(long generation) {
        RelayConfig empty = Configs.empty(generation);
        return new RelayConfig(
                empty.format(),
                empty.sources(),
                empty.loops(),
                part(generation, 0).admin(),
                empty.listeners(),
                empty.forwards(),
                empty.reverses(),
                empty.clusters(),
                empty.telemetry(),
                empty.drain());
    }

    /** Serves nothing that two could both want, unless they have a port in common. */
    private static RelayConfig part(long generation, int port) {
        return Configs.reverse(generation, port, List.of(), new Drain(Duration.ZERO, Duration.ZERO));
    }

    private static void deliver(Path directory, RelayConfig config, SecretBundle bundle) throws IOException {
        for (var file : bundle.files().entrySet()) {
            Files.write(directory.resolve(file.getKey()), file.getValue());
        }
        Path next =
                Files.write(directory.resolve("next"), RelayConfigCodec.write(config.withSecrets(bundle.revision())));
        Files.move(next, directory.resolve(RelayConfigCodec.FILE), StandardCopyOption.ATOMIC_MOVE);
    }

    private List<Long> generations() {
        RelayConfig now = config;
        return now == null
                ? List.of()
                : now.sources().stream().map(Source::generation).toList();
    }

    @Test
    void thePartsAreServedAsOneWithTheSecretsOfAll() throws IOException {
        deliver(one, empty(1), bundle("shop.a.ca", "a"));
        Await.until("the first is served by itself", () -> generations().equals(List.of(1L)));
        assertThat(directories.isWhole()).isFalse();
        assertThat(secrets).isEqualTo(bundle("shop.a.ca", "a"));

        deliver(other, part(2, 0), bundle("shop.b.ca", "b"));
        Await.until("both are served", () -> generations().equals(List.of(1L, 2L)));
        Await.until("it is known", directories::isWhole);
        assertThat(secrets).isEqualTo(bundle("shop.a.ca", "a", "shop.b.ca", "b"));
    }

    @Test
    void ofOneSecretTheContentThatCameLastCounts() throws IOException {
        deliver(one, empty(1), bundle("shop.a.ca", "old"));
        Await.until("the first is served", () -> generations().equals(List.of(1L)));
        deliver(other, part(2, 0), bundle("shop.a.ca", "new"));
        Await.until("both are served", () -> generations().equals(List.of(1L, 2L)));
        assertThat(secrets).isEqualTo(bundle("shop.a.ca", "new"));
    }

    @Test
    void onesThatCannotBeJoinedLeaveWhatIsServed() throws IOException {
        deliver(one, part(1, 8080), SecretBundle.EMPTY);
        Await.until("the first is served", () -> generations().equals(List.of(1L)));
        deliver(other, part(2, 8080), SecretBundle.EMPTY);
        Await.until("the other is refused", () -> {
            ConfigStatus.Refusal refusal = directories.status().getLast().refusal();
            return refusal != null && refusal.message().contains("is claimed by");
        });
        assertThat(generations()).containsExactly(1L);
        assertThat(directories.isWhole()).isFalse();

        deliver(other, empty(3), SecretBundle.EMPTY);
        Await.until("the next of it is served", () -> generations().equals(List.of(1L, 3L)));
        assertThat(directories.served()).hasSize(2);
    }
}
