package dev.sallyport.relay.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.relay.http.PathNormalizer.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathNormalizerTest {
    /** A dot segment, or an encoding in lower case or of an unreserved character. */
    private static final Pattern UNRESOLVED = Pattern.compile("/\\.\\.?(/|;|$)|%[a-f]|%.[a-f]|%2E|%41");

    private final PathNormalizer normalizer = new PathNormalizer();

    private Outcome normalize(String path) {
        byte[] bytes = ("xx" + path + "/../%zz").getBytes(StandardCharsets.ISO_8859_1);
        return normalizer.normalize(bytes, 2, 2 + path.length());
    }

    private String normal() {
        return new String(normalizer.bytes(), 0, normalizer.length(), StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/a",
                "/a/",
                "/a/b.c/d",
                "/.a",
                "/a/.well-known/x",
                "/...",
                "/..a",
                "/a/.../",
                "/%C3%A9",
                "/a%20b",
                "/%25",
                "/%252e",
                "/a;b=c/d",
                "/;a",
                "/a..",
                "/a.;b",
                "/...;a"
            })
    void leavesANormalPath(String path) {
        assertThat(normalize(path)).isEqualTo(Outcome.UNCHANGED);
    }

    @ParameterizedTest
    @CsvSource({
        "//, /",
        "///a, /a",
        "/a//b, /a/b",
        "/a//, /a/",
        "/., /",
        "/./, /",
        "/a/., /a/",
        "/a/./b, /a/b",
        "/a/.., /",
        "/a/../, /",
        "/a/b/.., /a/",
        "/a/b/../c, /a/c",
        "/a/b/../../c, /c",
        "/a//../b, /b",
        "/%2e, /",
        "/a/%2E%2e/b, /b",
        "/a/.%2e/b, /b",
        "/%61dmin, /admin",
        "/%7Euser, /~user",
        "/%c3%a9, /%C3%A9",
        "/a%2dB, /a-B",
        "/a%3bb, /a%3Bb",
        "/a/..%3bb, /a/..%3Bb",
    })
    void rewritesTheOthers(String path, String normal) {
        assertThat(normalize(path)).isEqualTo(Outcome.REWRITTEN);
        assertThat(normal()).isEqualTo(normal);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/a%2fb",
                "/a%2Fb",
                "/a%5cb",
                "/a%5Cb",
                "/a%00",
                "/%00",
                "/..",
                "/../a",
                "/a/../..",
                "/a/../../b",
                "/%2e%2e/a",
                "/./..",
                "//..",
                "/..;/a",
                "/a/..;x=y/b",
                "/.;/a",
                "/%2e%2e;a/b",
                "/a/.;"
            })
    void refusesWhatOriginsReadInDifferentWays(String path) {
        assertThat(normalize(path)).isEqualTo(Outcome.AMBIGUOUS);
    }

    @Test
    void aNormalFormIsItsOwnAndHasNothingLeftToResolve() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String[] parts = {"/", "/", "a", "b", ".", "..", "%2e", "%2E", "%41", "%c3", "%25", ";", ";x=1", "%3b", "~"};
        for (int round = 0; round < 20_000; round++) {
            StringBuilder path = new StringBuilder("/");
            for (int i = random.nextInt(10); i > 0; i--) {
                path.append(parts[random.nextInt(parts.length)]);
            }
            Outcome outcome = normalize(path.toString());
            if (outcome == Outcome.AMBIGUOUS) {
                continue;
            }
            String normal = outcome == Outcome.REWRITTEN ? normal() : path.toString();
            String context = "seed " + seed + ": " + path + " to " + normal;
            check(normalize(normal) == Outcome.UNCHANGED, context);
            check(normal.startsWith("/") && !normal.contains("//"), context);
            check(!UNRESOLVED.matcher(normal).find(), context);
            check(normal.length() <= path.length(), context);
        }
    }

    private static void check(boolean holds, String context) {
        if (!holds) {
            throw new AssertionError(context);
        }
    }

    @Test
    void longPathsFit() {
        String path = "/%61".repeat(3000);
        assertThat(normalize(path)).isEqualTo(Outcome.REWRITTEN);
        assertThat(normal()).isEqualTo("/a".repeat(3000));
    }
}
