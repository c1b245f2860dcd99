package dev.sallyport.relay.config;

import dev.sallyport.model.config.ApplicationPod;
import dev.sallyport.model.config.InvalidConfigException;
import dev.sallyport.model.config.RelayConfig;
import dev.sallyport.model.config.SecretBundle;
import dev.sallyport.relay.config.ConfigStatus.Served;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The directories whose configurations a relay serves as one. Each is watched and reported by itself: what cannot be taken up leaves
 * what is served of its directory as it is, and is not in the way of the others.
 */
public final class ConfigDirectories implements AutoCloseable {
    private final ApplicationPod pod;
    private final ConfigDirectory.Intake intake;
    private final List<ConfigDirectory> directories = new ArrayList<>();
    private List<@Nullable Part> parts = new ArrayList<>();

    private record Part(RelayConfig config, SecretBundle secrets) {}

    /**
     * @param paths at least one; may come into being later
     * @param look how often each is looked at when no change of it is noticed
     * @param pod in which configurations are placed
     * @param intake is given all that is to be served, whenever a part of it changes; by one thread at a time
     * @param observer is told of each directory, by a thread of its own
     * @throws IOException when the system has no room for one more watch
     */
    public ConfigDirectories(
            List<Path> paths,
            Duration look,
            ApplicationPod pod,
            ConfigDirectory.Intake intake,
            ConfigDirectory.Observer observer)
            throws IOException {
        this.pod = pod;
        this.intake = intake;
        for (Path path : paths) {
            int index = parts.size();
            parts.add(null);
            directories.add(
                    new ConfigDirectory(path, look, (config, secrets) -> take(index, config, secrets), observer));
        }
    }

    /** Begins to look. */
    public void start() {
        directories.forEach(ConfigDirectory::start);
    }

    /** What is served of each directory, in their order. */
    public List<ConfigStatus> status() {
        return directories.stream().map(ConfigDirectory::status).toList();
    }

    /** What is served of those of which something is. */
    public List<Served> served() {
        return status().stream()
                .map(ConfigStatus::served)
                .filter(Objects::nonNull)
                .toList();
    }

    /** Whether something is served of every directory. */
    public boolean isWhole() {
        return served().size() == directories.size();
    }

    @Override
    public void close() throws IOException {
        for (ConfigDirectory directory : directories) {
            directory.close();
        }
    }

    private synchronized void take(int index, RelayConfig config, SecretBundle secrets) throws InvalidConfigException {
        List<@Nullable Part> next = new ArrayList<>(parts);
        next.set(index, new Part(pod.place(config), secrets));
        List<Part> there = next.stream().filter(Objects::nonNull).toList();
        if (there.size() == 1) {
            intake.take(there.getFirst().config(), secrets);
        } else {
            // Of two contents of one Secret the one that came now is newer.
            Map<String, byte[]> files = new TreeMap<>();
            there.forEach(part -> files.putAll(part.secrets().files()));
            files.putAll(secrets.files());
            SecretBundle all = new SecretBundle(files);
            RelayConfig whole = RelayConfig.merge(
                    there.stream().map(part -> part.config().withSecrets("")).toList());
            intake.take(whole.withSecrets(all.revision()), all);
        }
        parts = next;
    }
}
