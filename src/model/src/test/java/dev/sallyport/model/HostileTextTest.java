package dev.sallyport.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.address.IpAddress;
import dev.sallyport.model.address.Prefix;
import dev.sallyport.model.address.PrefixPort;
import dev.sallyport.model.config.GatewayDuration;
import dev.sallyport.model.name.HostKind;
import dev.sallyport.model.name.HostPattern;
import dev.sallyport.model.request.Ascii;
import java.net.InetAddress;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts by chance, out of the characters that the forms are made of and some that they are not. */
class HostileTextTest {
    private static final String[] PIECES = {
        ":",
        "::",
        ".",
        "..",
        "[",
        "]",
        "/",
        "%",
        "*",
        "*.",
        "-",
        "_",
        "0",
        "1",
        "8",
        "255",
        "256",
        "65535",
        "65536",
        "0x",
        "ff",
        "ffff",
        "a",
        "Z",
        "example.com",
        "127.0.0.1",
        "xn--",
        "ß",
        "ü",
        "。",
        "１",
        "\u0000",
        " ",
        "\u200d",
        "\ud800",
        "h",
        "ms",
        "@",
        "\n"
    };

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(9); i > 0; i--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    /** What is read is written in a form that reads the same; what is not is refused by the one exception, which quotes it or a part of it. */
    private static <T> void readsOrRefuses(Function<String, T> parse, Function<T, String> write, int atLeast) {
        Random random = new Random(29);
        int read = 0;
        for (int i = 0; i < 30_000; i++) {
            String text = text(random);
            T value;
            try {
                value = parse.apply(text);
            } catch (IllegalArgumentException e) {
                String[] quoted = e.getMessage().split("'", 3);
                assertThat(quoted[0]).isEmpty();
                assertThat(text).contains(quoted[1]);
                continue;
            }
            read++;
            String written = write.apply(value);
            assertThat(parse.apply(written)).as(text).isEqualTo(value);
            assertThat(write.apply(parse.apply(written))).isEqualTo(written);
        }
        assertThat(read).isGreaterThan(atLeast);
    }

    @Test
    void hostPatterns() {
        readsOrRefuses(HostPattern::parse, HostPattern::toString, 300);
    }

    @Test
    void prefixes() {
        readsOrRefuses(Prefix::parse, Prefix::toString, 50);
    }

    @Test
    void prefixesWithPorts() {
        readsOrRefuses(PrefixPort::parse, PrefixPort::toString, 50);
    }

    @Test
    void durations() {
        readsOrRefuses(GatewayDuration::parse, GatewayDuration::format, 20);
    }

    @ParameterizedTest
    @ValueSource(longs = {31, 37})
    void hosts(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 30_000; i++) {
            String text = text(random);
            Ascii host = Ascii.of(text);
            HostKind kind = HostKind.of(host);
            if (kind == HostKind.NAME) {
                assertThat(HostKind.canonical(host)).matches("[a-z0-9_-]{1,63}(\\.[a-z0-9_-]{1,63})*");
                assertThat(IpAddress.parse(text)).isNull();
            }
            if (kind == HostKind.ADDRESS) {
                String literal = HostKind.canonical(host);
                assertThat(IpAddress.of(InetAddress.ofLiteral(literal))).isEqualTo(IpAddress.parse(literal));
            }
        }
    }
}
