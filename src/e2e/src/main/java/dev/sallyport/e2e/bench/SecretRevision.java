package dev.sallyport.e2e.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** The revision that a configuration names its secrets by, as {@code SecretBundle} of the model computes it. */
final class SecretRevision {
    private SecretRevision() {}

    /** @param files their names in the bundle to those in the folder */
    static String of(Path folder, Map<String, String> files) throws IOException {
        try {
            MessageDigest all = MessageDigest.getInstance("SHA-256");
            for (Map.Entry<String, String> file : new TreeMap<>(files).entrySet()) {
                byte[] content = Files.readAllBytes(folder.resolve(file.getValue()));
                all.update((file.getKey() + ":" + content.length + "\n").getBytes(StandardCharsets.UTF_8));
                all.update(content);
            }
            return HexFormat.of().formatHex(all.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
