package dev.sallyport.relay.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is done eight bytes at a time equals what is done byte by byte. */
class OctetsTest {
    @Test
    void findsTheFirstAtEveryPlace() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] near = {'\n', 0x0B, 0x09, (byte) 0x8A, 0, -1, 'a'};
        for (int round = 0; round < 50_000; round++) {
            byte[] bytes = new byte[random.nextInt(40)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = random.nextInt(8) == 0 ? near[0] : near[1 + random.nextInt(near.length - 1)];
            }
            int from = random.nextInt(bytes.length + 1);
            int to = from + random.nextInt(bytes.length - from + 1);
            int expected = -1;
            for (int i = to - 1; i >= from; i--) {
                expected = bytes[i] == '\n' ? i : expected;
            }
            if (Octets.indexOf(bytes, from, to, (byte) '\n') != expected) {
                fail("seed %d: %s from %d to %d", seed, Arrays.toString(bytes), from, to);
            }
        }
    }

    @Test
    void writesHexDigits() {
        Random random = new Random(5);
        for (int round = 0; round < 50_000; round++) {
            int number = random.nextInt();
            byte[] digits = ByteBuffer.allocate(Long.BYTES)
                    .putLong(Octets.hexDigits(number))
                    .array();
            assertThat(new String(digits, StandardCharsets.US_ASCII))
                    .isEqualTo(HexFormat.of().toHexDigits(number));
        }
    }

    @Test
    void everyControlIsFoundAtEveryPlace() {
        for (int length = 1; length <= 20; length++) {
            for (int at = 0; at < length; at++) {
                for (int value = 0; value < 256; value++) {
                    byte[] bytes = new byte[length];
                    Arrays.fill(bytes, (byte) (value % 2 == 0 ? 'a' : 0xE9));
                    bytes[at] = (byte) value;
                    boolean control = value < 0x20 && value != '\t' || value == 0x7F;
                    if (Octets.isFieldContent(bytes, 0, length) == control) {
                        fail("%d at %d of %d", value, at, length);
                    }
                }
            }
        }
    }

    @Test
    void caseCountsForLettersOnly() {
        for (int a = 0; a < 256; a++) {
            for (int b = 0; b < 256; b++) {
                byte[] bytes = {(byte) a, (byte) b};
                boolean equal = lower(a) == lower(b);
                if (Octets.equalsIgnoreCase(bytes, 0, 1, 1) != equal) {
                    fail("%d and %d", a, b);
                }
            }
            byte[] one = {(byte) a};
            for (char c = 'a'; c <= 'z'; c++) {
                assertThat(Octets.equalsLowerCase(one, 0, 1, String.valueOf(c))).isEqualTo(lower(a) == c);
            }
        }
    }

    private static int lower(int octet) {
        return octet >= 'A' && octet <= 'Z' ? octet + 32 : octet;
    }

    @Test
    void tokensAreThoseOfRfc9110() {
        for (int octet = 0; octet < 256; octet++) {
            boolean token = octet < 128 && (Character.isLetterOrDigit(octet) || "!#$%&'*+-.^_`|~".indexOf(octet) >= 0);
            assertThat(Octets.isToken(octet)).isEqualTo(token);
            assertThat(Octets.isToken((byte) octet)).isEqualTo(token);
            boolean control = octet < 0x20 && octet != '\t' || octet == 0x7F;
            assertThat(Octets.isFieldContent(octet)).isEqualTo(!control);
            int hex = Character.digit(octet, 16);
            assertThat(Octets.hexValue((byte) octet)).isEqualTo(octet < 128 ? hex : -1);
        }
        assertThat(Octets.isToken(new byte[] {'a'}, 0, 0)).isFalse();
    }
}
