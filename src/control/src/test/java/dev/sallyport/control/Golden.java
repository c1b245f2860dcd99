package dev.sallyport.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that hold what a test expects. {@code -Dgolden.rewrite=true} writes them anew. */
public final class Golden {
    private static final boolean REWRITE = Boolean.getBoolean("golden.rewrite");

    private Golden() {}

    public static void compare(Path file, String now) throws IOException {
        if (REWRITE) {
            Files.writeString(file, now);
        }
        assertThat(file).content().isEqualTo(now);
    }
}
