package dev.sallyport.relay.config;

import dev.sallyport.model.config.InvalidConfigException;
import dev.sallyport.model.config.SecretBundle;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** The files of a {@link SecretBundle} in a directory: beside the configuration, told by their names. */
final class SecretFiles {
    /** Far above what fits a Secret of Kubernetes. */
    static final int MOST_BYTES = 4 << 20;

    static final int MOST_FILES = 10_000;

    private SecretFiles() {}

    /**
     * What is there. While somebody changes the directory that may be a part of it, which the revision tells.
     *
     * @throws InvalidConfigException when there is more than fits
     */
    static SecretBundle read(Path directory) throws InvalidConfigException {
        Map<String, byte[]> files = new TreeMap<>();
        int room = MOST_BYTES;
        try (DirectoryStream<Path> names = Files.newDirectoryStream(directory, SecretFiles::isSecret)) {
            for (Path path : names) {
                byte[] content;
                try (InputStream in = Files.newInputStream(path)) {
                    content = in.readNBytes(room + 1);
                }
                room -= content.length;
                if (room < 0 || files.size() == MOST_FILES) {
                    throw new InvalidConfigException(
                            "secrets: have more than " + (room < 0 ? MOST_BYTES + " bytes" : MOST_FILES + " files"));
                }
                files.put(path.getFileName().toString(), content);
            }
        } catch (IOException e) {
            // A file went away between two looks at the directory: the next look sees what took its place.
            return SecretBundle.EMPTY;
        }
        return new SecretBundle(files);
    }

    private static boolean isSecret(Path path) {
        return SecretBundle.isFile(path.getFileName().toString());
    }
}
