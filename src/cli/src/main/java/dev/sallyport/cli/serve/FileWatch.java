package dev.sallyport.cli.serve;

import dev.sallyport.cli.read.Manifests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Notices when files change, appear or go. It looks at their attributes every now and then: editors replace files,
 * mounts swap links and shared folders send no notices, and a look sees all of that.
 */
public final class FileWatch {
    private static final Duration EVERY = Duration.ofMillis(250);

    private final List<Path> paths;
    private final boolean recursive;
    private Map<Path, Seen> last;

    public FileWatch(List<Path> paths, boolean recursive) {
        this.paths = List.copyOf(paths);
        this.recursive = recursive;
        this.last = look();
    }

    /** What a look sees of a file; {@code key} changes when another file took its place. */
    private record Seen(long modified, long size, String key) {}

    /** Returns when something changed since the last call, or since this was made. */
    public void await() throws InterruptedException {
        Map<Path, Seen> now = look();
        while (now.equals(last)) {
            Thread.sleep(EVERY);
            now = look();
        }
        // Whoever writes several files, or one in several pieces, is likely to be at it still.
        do {
            last = now;
            Thread.sleep(EVERY.dividedBy(5));
            now = look();
        } while (!now.equals(last));
    }

    private Map<Path, Seen> look() {
        Map<Path, Seen> seen = new HashMap<>();
        for (Path path : paths) {
            try {
                for (Path file : Manifests.files(path, recursive)) {
                    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                    seen.put(
                            file,
                            new Seen(
                                    attributes.lastModifiedTime().toMillis(),
                                    attributes.size(),
                                    String.valueOf(attributes.fileKey())));
                }
            } catch (IOException e) {
                // It went away, or is being replaced: that is a change as well, and the next look tells more.
                seen.put(path, new Seen(0, 0, ""));
            }
        }
        return seen;
    }
}
