package dev.sallyport.relay.config;

import dev.sallyport.model.config.InvalidConfigException;
import dev.sallyport.model.config.RelayConfig;
import dev.sallyport.model.config.RelayConfigCodec;
import dev.sallyport.model.config.SecretBundle;
import dev.sallyport.relay.config.ConfigStatus.Refusal;
import dev.sallyport.relay.config.ConfigStatus.Waiting;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Watches the directory that holds the relay's configuration and hands on each new content of it. The kubelet changes
 * such a directory as a whole, by swapping a symbolic link; other writers may change the file itself. A content that
 * cannot be taken up leaves what is served as it is; it is tried again at each look, since what was in its way, such
 * as a port in use, may go away. A configuration whose secrets are not there as it names them waits for them: the two
 * may come one after the other.
 */
public final class ConfigDirectory implements AutoCloseable {
    /** A writer that is not the kubelet may take as long from one change of a directory to the next. */
    private static final Duration SETTLE = Duration.ofMillis(20);

    /** Then it is looked at, even if the writer still goes on. */
    private static final int MOST_CHANGES = 50;

    private final Path directory;
    private final Duration look;
    private final Intake intake;
    private final Observer observer;
    private final WatchService watches;
    private volatile ConfigStatus status = ConfigStatus.NOTHING;
    private volatile @Nullable Thread thread;
    private @Nullable WatchKey watch;

    /** Takes up configurations. */
    @FunctionalInterface
    public interface Intake {
        /**
         * Serves {@code config} in place of what was served before.
         *
         * @param secrets what it refers to, of the revision that it names
         * @throws InvalidConfigException when it cannot; then what was served before goes on
         */
        void take(RelayConfig config, SecretBundle secrets) throws InvalidConfigException;
    }

    /** Is told when something came of a look at the directory. */
    public interface Observer {
        /** Another configuration is served, or the same one again after a newer one was refused and taken back. */
        void served(ConfigStatus.Served served);

        /** What is in the directory was refused, for another reason than before. */
        void refused(Refusal refusal);

        /** What is in the directory needs secrets that have not come yet; told once. */
        void waiting(Waiting waiting);
    }

    /**
     * @param directory may come into being later
     * @param look how often the directory is looked at when no change of it is noticed
     * @throws IOException when the system has no room for one more watch
     */
    public ConfigDirectory(Path directory, Duration look, Intake intake, Observer observer) throws IOException {
        this.directory = directory;
        this.look = look;
        this.intake = intake;
        this.observer = observer;
        this.watches = directory.getFileSystem().newWatchService();
    }

    /** Begins to look, on a virtual thread. */
    public void start() {
        thread = Thread.ofVirtual().name("config").start(this::run);
    }

    /** What is served now. */
    public ConfigStatus status() {
        return status;
    }

    @Override
    public void close() throws IOException {
        watches.close();
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }

    private void run() {
        try {
            while (true) {
                watchAgain();
                look();
                await();
            }
        } catch (ClosedWatchServiceException | InterruptedException e) {
            // closed
        }
    }

    private void look() {
        String hash = "";
        try {
            byte[] json = ConfigFile.read(directory);
            hash = RelayConfigCodec.hash(json);
            ConfigStatus before = status;
            if (before.serves(hash)) {
                if (before.refusal() != null || before.waiting() != null) {
                    publish(before.servedStill());
                }
                return;
            }
            RelayConfig config = RelayConfigCodec.read(json);
            SecretBundle secrets = config.secrets().isEmpty() ? SecretBundle.EMPTY : SecretFiles.read(directory);
            if (!secrets.revision().equals(config.secrets())) {
                hold(new Waiting(hash));
                return;
            }
            intake.take(config, secrets);
            publish(before.servedNow(hash, config.sources()));
        } catch (InvalidConfigException e) {
            refuse(new Refusal(hash, String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            refuse(new Refusal(hash, "internal error: " + e));
        }
    }

    private void publish(ConfigStatus now) {
        status = now;
        ConfigStatus.Served served = now.served();
        if (served != null) {
            observer.served(served);
        }
    }

    private void refuse(Refusal refusal) {
        ConfigStatus before = status;
        if (!refusal.equals(before.refusal())) {
            status = before.refused(refusal);
            observer.refused(refusal);
        }
    }

    private void hold(Waiting waiting) {
        ConfigStatus before = status;
        if (!waiting.equals(before.waiting())) {
            status = before.awaiting(waiting);
            observer.waiting(waiting);
        }
    }

    private void watchAgain() {
        if (watch != null && watch.isValid()) {
            return;
        }
        try {
            if (Files.isDirectory(directory)) {
                watch = directory.register(
                        watches,
                        StandardWatchEventKinds.ENTRY_CREATE,
                        StandardWatchEventKinds.ENTRY_MODIFY,
                        StandardWatchEventKinds.ENTRY_DELETE);
            }
        } catch (NotDirectoryException e) {
            // It went away meanwhile; the next look finds it again.
        } catch (IOException e) {
            // Out of watches: the looks alone must do.
        }
    }

    private void await() throws InterruptedException {
        WatchKey changed = watches.poll(look.toMillis(), TimeUnit.MILLISECONDS);
        for (int changes = 0; changed != null && changes < MOST_CHANGES; changes++) {
            changed.pollEvents();
            changed.reset();
            changed = watches.poll(SETTLE.toMillis(), TimeUnit.MILLISECONDS);
        }
    }
}
