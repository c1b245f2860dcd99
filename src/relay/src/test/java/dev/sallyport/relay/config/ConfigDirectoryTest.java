package dev.sallyport.relay.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.InvalidConfigException;
import dev.sallyport.model.config.RelayConfig;
import dev.sallyport.model.config.RelayConfigCodec;
import dev.sallyport.model.config.SecretBundle;
import dev.sallyport.relay.Await;
import dev.sallyport.relay.Configs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigDirectoryTest {
    /** Longer than any test, so that what a test sees was noticed, not looked for. */
    private static final Duration NEVER = Duration.ofHours(1);

    @TempDir
    Path scratch;

    private Path volume;
    private int revision;
    private final List<RelayConfig> taken = Collections.synchronizedList(new ArrayList<>());
    private final List<SecretBundle> bundles = Collections.synchronizedList(new ArrayList<>());
    private final List<String> told = Collections.synchronizedList(new ArrayList<>());
    private ConfigDirectory directory;
    private volatile String obstacle = "";

    @BeforeEach
    void makeVolume() throws IOException {
        volume = Files.createDirectory(scratch.resolve("volume"));
    }

    @AfterEach
    void close() throws IOException {
        directory.close();
    }

    private void watch(Path path, Duration look) throws IOException {
        directory = new ConfigDirectory(
                path,
                look,
                (config, secrets) -> {
                    if (!obstacle.isEmpty()) {
                        throw new InvalidConfigException(obstacle);
                    }
                    taken.add(config);
                    bundles.add(secrets);
                },
                new ConfigDirectory.Observer() {
                    @Override
                    public void served(ConfigStatus.Served served) {
                        told.add("served " + served.hash());
                    }

                    @Override
                    public void refused(ConfigStatus.Refusal refusal) {
                        told.add("refused " + refusal.hash() + ": " + refusal.message());
                    }

                    @Override
                    public void waiting(ConfigStatus.Waiting waiting) {
                        told.add("waiting " + waiting.hash());
                    }
                });
        directory.start();
    }

    /** What the kubelet does with the volume of a ConfigMap. */
    private void project(String file, byte[] content) throws IOException {
        Path timestamped = Files.createDirectory(volume.resolve("..2026_" + ++revision));
        Files.write(timestamped.resolve(file), content);
        Path next = volume.resolve("..data_tmp");
        Files.createSymbolicLink(next, timestamped.getFileName());
        Path data = volume.resolve("..data");
        Path before = Files.exists(data) ? data.toRealPath() : null;
        Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);
        Path visible = volume.resolve(file);
        if (!Files.exists(visible, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            Files.createSymbolicLink(visible, Path.of("..data", file));
        }
        for (String other : List.of("relay.json", "relay.json.gz")) {
            if (!other.equals(file)) {
                Files.deleteIfExists(volume.resolve(other));
            }
        }
        if (before != null) {
            for (String name : List.of("relay.json", "relay.json.gz")) {
                Files.deleteIfExists(before.resolve(name));
            }
            Files.delete(before);
        }
    }

    private static byte[] bytes(int generation) {
        return RelayConfigCodec.write(Configs.empty(generation));
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(compressed)) {
            out.write(plain);
        }
        return compressed.toByteArray();
    }

    private void awaitServed(byte[] json) {
        Await.until("it is served, without a complaint", () -> {
            ConfigStatus status = directory.status();
            return status.refusal() == null && status.serves(RelayConfigCodec.hash(json));
        });
    }

    private String awaitRefusal(byte[] json) {
        String hash = json == null ? "" : RelayConfigCodec.hash(json);
        Await.until("it is refused", () -> {
            ConfigStatus.Refusal refusal = directory.status().refusal();
            return refusal != null
                    && refusal.hash().equals(hash)
                    && !refusal.message().contains("yet");
        });
        return directory.status().refusal().message();
    }

    @Test
    void followsTheKubelet() throws IOException {
        project("relay.json", bytes(1));
        watch(volume, NEVER);
        awaitServed(bytes(1));
        for (int generation = 2; generation <= 6; generation++) {
            project("relay.json", bytes(generation));
            awaitServed(bytes(generation));
            assertThat(directory.status().served().sources().getFirst().generation())
                    .isEqualTo(generation);
        }
        assertThat(taken).hasSize(6);
    }

    @Test
    void waitsForADirectoryThatComesLater() throws IOException {
        Path later = scratch.resolve("later");
        watch(later, Duration.ofMillis(20));
        assertThat(awaitRefusal(null)).isEqualTo(later + ": has neither relay.json nor relay.json.gz");
        assertThat(directory.status().served()).isNull();
        Files.createDirectory(later);
        Files.write(later.resolve("relay.json"), bytes(1));
        awaitServed(bytes(1));
    }

    @Test
    void readsCompressedConfigurationsByTheHashOfTheirContent() throws IOException {
        project("relay.json.gz", gzip(bytes(1)));
        watch(volume, NEVER);
        awaitServed(bytes(1));
        project("relay.json", bytes(2));
        awaitServed(bytes(2));
        project("relay.json.gz", gzip(bytes(3)));
        awaitServed(bytes(3));
    }

    @Test
    void takesNothingUpTwice() throws IOException {
        project("relay.json", bytes(1));
        watch(volume, NEVER);
        awaitServed(bytes(1));
        project("relay.json", bytes(1));
        project("relay.json", bytes(2));
        awaitServed(bytes(2));
        assertThat(taken).hasSize(2);
    }

    @Test
    void keepsTheOldWhenTheNewIsBadAndSaysWhy() throws IOException {
        project("relay.json", bytes(1));
        watch(volume, NEVER);
        awaitServed(bytes(1));

        byte[] unreadable = new String(bytes(2), StandardCharsets.UTF_8)
                .replaceFirst("\\{", "{\"loopz\": 1,")
                .getBytes(StandardCharsets.UTF_8);
        project("relay.json", unreadable);
        assertThat(awaitRefusal(unreadable)).contains("loopz");
        assertThat(directory.status().serves(RelayConfigCodec.hash(bytes(1)))).isTrue();

        obstacle = "listeners[0].port: 80 is taken";
        project("relay.json", bytes(2));
        assertThat(awaitRefusal(bytes(2))).isEqualTo("listeners[0].port: 80 is taken");
        assertThat(directory.status().serves(RelayConfigCodec.hash(bytes(1)))).isTrue();

        project("relay.json", bytes(1));
        awaitServed(bytes(1));
        assertThat(taken).as("what is served already is not taken up again").hasSize(1);
        assertThat(told).hasSize(4);
    }

    @Test
    void triesAgainSinceAnObstacleMayGoAway() throws IOException {
        obstacle = "listeners[0].port: 80 is taken";
        project("relay.json", bytes(1));
        watch(volume, Duration.ofMillis(10));
        awaitRefusal(bytes(1));
        obstacle = "";
        awaitServed(bytes(1));
        assertThat(told)
                .filteredOn(line -> line.contains("taken"))
                .as("said once")
                .hasSize(1);
    }

    @Test
    void survivesAFaultOfWhoeverTakesItUp() throws IOException {
        project("relay.json", bytes(1));
        directory = new ConfigDirectory(
                volume,
                NEVER,
                (config, secrets) -> {
                    if (config.sources().getFirst().generation() == 1) {
                        throw new IllegalStateException("a fault");
                    }
                },
                new ConfigDirectory.Observer() {
                    @Override
                    public void served(ConfigStatus.Served served) {}

                    @Override
                    public void refused(ConfigStatus.Refusal refusal) {}

                    @Override
                    public void waiting(ConfigStatus.Waiting waiting) {}
                });
        directory.start();
        assertThat(awaitRefusal(bytes(1))).contains("internal error").contains("a fault");
        project("relay.json", bytes(2));
        awaitServed(bytes(2));
    }

    @Test
    void noticesAFileThatIsEditedInPlace() throws IOException {
        Files.write(volume.resolve("relay.json"), bytes(1));
        watch(volume, NEVER);
        awaitServed(bytes(1));
        Files.write(volume.resolve("relay.json"), bytes(2));
        awaitServed(bytes(2));
    }

    @Test
    void keepsServingWhenTheFileGoesAway() throws IOException {
        Files.write(volume.resolve("relay.json"), bytes(1));
        watch(volume, NEVER);
        awaitServed(bytes(1));
        Files.delete(volume.resolve("relay.json"));
        assertThat(awaitRefusal(null)).contains("has neither");
        assertThat(directory.status().serves(RelayConfigCodec.hash(bytes(1)))).isTrue();
        Files.write(volume.resolve("relay.json"), bytes(1));
        awaitServed(bytes(1));
        assertThat(taken).hasSize(1);
    }

    @Test
    void followsADirectoryThatIsMadeAnew() throws IOException {
        Files.write(volume.resolve("relay.json"), bytes(1));
        watch(volume, Duration.ofMillis(20));
        awaitServed(bytes(1));
        Files.move(volume, scratch.resolve("old"));
        Files.createDirectory(volume);
        Files.write(volume.resolve("relay.json"), bytes(2));
        awaitServed(bytes(2));
    }

    private static SecretBundle bundle(String content) {
        return new SecretBundle(Map.of(
                "shop.tls.crt", content.getBytes(StandardCharsets.UTF_8),
                "shop.tls.key", "key".getBytes(StandardCharsets.UTF_8)));
    }

    private void write(SecretBundle bundle) throws IOException {
        for (Map.Entry<String, byte[]> file : bundle.files().entrySet()) {
            Files.write(volume.resolve(file.getKey()), file.getValue());
        }
    }

    private static byte[] bytes(int generation, SecretBundle secrets) {
        return RelayConfigCodec.write(Configs.empty(generation).withSecrets(secrets.revision()));
    }

    private void awaitWaiting(byte[] json) {
        Await.until(
                "it waits",
                () -> new ConfigStatus.Waiting(RelayConfigCodec.hash(json))
                        .equals(directory.status().waiting()));
    }

    @Test
    void waitsForTheSecretsThatTheConfigurationNames() throws IOException {
        byte[] first = bytes(1, bundle("one"));
        Files.write(volume.resolve("relay.json"), first);
        watch(volume, NEVER);
        awaitWaiting(first);
        assertThat(directory.status().served()).isNull();
        assertThat(directory.status().refusal()).isNull();
        write(bundle("one"));
        awaitServed(first);
        assertThat(bundles).containsExactly(bundle("one"));

        byte[] second = bytes(1, bundle("two"));
        Files.write(volume.resolve("relay.json"), second);
        awaitWaiting(second);
        assertThat(directory.status().serves(RelayConfigCodec.hash(first)))
                .as("what was served goes on")
                .isTrue();
        write(bundle("two"));
        awaitServed(second);
        assertThat(bundles).containsExactly(bundle("one"), bundle("two"));
        assertThat(directory.status().waiting()).isNull();
    }

    @Test
    void servesOnWhenTheSecretsComeBeforeTheConfigurationThatNamesThem() throws IOException {
        byte[] first = bytes(1, bundle("one"));
        write(bundle("one"));
        Files.write(volume.resolve("relay.json"), first);
        watch(volume, Duration.ofMillis(10));
        awaitServed(first);
        write(bundle("two"));
        byte[] second = bytes(1, bundle("two"));
        Files.write(volume.resolve("relay.json"), second);
        awaitServed(second);
        assertThat(told)
                .containsExactly("served " + RelayConfigCodec.hash(first), "served " + RelayConfigCodec.hash(second));
    }

    @Test
    void readsNoSecretsThatNobodyNames() throws IOException {
        write(bundle("one"));
        Files.write(volume.resolve("relay.json"), bytes(1));
        watch(volume, NEVER);
        awaitServed(bytes(1));
        assertThat(bundles).containsExactly(SecretBundle.EMPTY);
    }

    @Test
    void boundsSecrets() throws IOException {
        Files.write(volume.resolve("shop.tls.crt"), new byte[SecretFiles.MOST_BYTES]);
        Files.write(volume.resolve("shop.tls.key"), new byte[1]);
        byte[] json = bytes(1, bundle("one"));
        Files.write(volume.resolve("relay.json"), json);
        watch(volume, NEVER);
        assertThat(awaitRefusal(json)).isEqualTo("secrets: have more than " + SecretFiles.MOST_BYTES + " bytes");
    }

    @Test
    void refusesWhatIsNotGzipOrTooLarge() throws IOException {
        project("relay.json.gz", bytes(1));
        watch(volume, NEVER);
        assertThat(awaitRefusal(null)).isEqualTo("relay.json.gz: is not whole gzip: Not in GZIP format");
        byte[] whole = gzip(bytes(2));
        project("relay.json.gz", java.util.Arrays.copyOf(whole, whole.length / 2));
        Await.passes("cut gzip is refused", () -> assertThat(awaitRefusal(null)).contains("Unexpected end"));
        project("relay.json.gz", gzip(new byte[ConfigFile.MOST_BYTES + 1]));
        Await.passes(
                "a bomb is refused",
                () -> assertThat(awaitRefusal(null)).isEqualTo("relay.json.gz: has more than 67108864 bytes"));
        project("relay.json", bytes(3));
        awaitServed(bytes(3));
    }

    @Test
    void refusesADirectoryInPlaceOfTheFile() throws IOException {
        Files.createDirectory(volume.resolve("relay.json"));
        watch(volume, NEVER);
        assertThat(awaitRefusal(null)).startsWith("relay.json: cannot be read");
    }

    @Test
    void boundsWhatItSays() throws IOException {
        byte[] endless =
                ("{\"format\": 1, \"loops\": \"" + "x".repeat(100_000) + "\"}").getBytes(StandardCharsets.UTF_8);
        project("relay.json", endless);
        watch(volume, NEVER);
        assertThat(awaitRefusal(endless)).hasSizeLessThanOrEqualTo(2_000);
    }
}
