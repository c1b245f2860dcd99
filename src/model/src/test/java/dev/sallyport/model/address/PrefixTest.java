package dev.sallyport.model.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrefixTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.0.0.0/8",
        "0.0.0.0/0, 0.0.0.0/0",
        "192.0.2.1, 192.0.2.1/32",
        "192.0.2.1/32, 192.0.2.1/32",
        "::/0, ::/0",
        "FD00::/8, fd00::/8",
        "2001:db8::1, 2001:db8::1/128",
        "::ffff:10.0.0.0/104, 10.0.0.0/8",
        "::ffff:192.0.2.1, 192.0.2.1/32",
    })
    void readsCidr(String text, String canonical) {
        assertThat(Prefix.parse(text)).hasToString(canonical);
        assertThat(Prefix.parse(canonical)).isEqualTo(Prefix.parse(text));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ``              | '' is not a prefix: write an address and a length, such as 10.0.0.0/8 or fd00::/8
            10/8            | '10/8' is not a prefix: write an address and a length, such as 10.0.0.0/8 or fd00::/8
            example.com/8   | 'example.com/8' is not a prefix: write an address and a length, such as 10.0.0.0/8 or fd00::/8
            010.0.0.0/8     | '010.0.0.0/8' is not a prefix: write an address and a length, such as 10.0.0.0/8 or fd00::/8
            fe80::%eth0/10  | 'fe80::%eth0/10' is not a prefix: write an address and a length, such as 10.0.0.0/8 or fd00::/8
            10.0.0.0/33     | '10.0.0.0/33': the length must be from 0 to 32
            10.0.0.0/       | '10.0.0.0/': the length must be from 0 to 32
            10.0.0.0/-1     | '10.0.0.0/-1': the length must be from 0 to 32
            10.0.0.0/08     | '10.0.0.0/08': the length must be from 0 to 32
            10.0.0.0/8/8    | '10.0.0.0/8/8': the length must be from 0 to 32
            10.0.0.0/99999999999 | '10.0.0.0/99999999999': the length must be from 0 to 32
            fd00::/129      | 'fd00::/129': the length must be from 0 to 128
            10.0.0.1/8      | '10.0.0.1/8' has bits set beyond its length: write 10.0.0.0/8
            fd00::1/8       | 'fd00::1/8' has bits set beyond its length: write fd00::/8
            """)
    void saysWhatIsWrong(String text, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Prefix.parse(text))
                .withMessage(message);
    }

    @Test
    void keepsTheFamiliesApart() {
        assertThat(Prefix.parse("::/0").contains(IpAddress.parse("192.0.2.1"))).isFalse();
        assertThat(Prefix.parse("0.0.0.0/0").contains(IpAddress.parse("::1"))).isFalse();
        assertThat(Prefix.parse("::/0").contains(IpAddress.parse("::1"))).isTrue();
        assertThat(Prefix.parse("10.0.0.0/8").contains(IpAddress.parse("::ffff:10.1.2.3")))
                .isTrue();
        assertThat(new PrefixSet(List.of(Prefix.parse("::/0"), Prefix.parse("10.0.0.0/8")))
                        .contains(IpAddress.parse("2001:db8::1")))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.0.0.0/8, 0",
        "10.1.2.3/32:8443, 10.1.2.3/32:8443, 8443",
        "10.1.2.3:8443, 10.1.2.3/32:8443, 8443",
        "fd00::/8, fd00::/8, 0",
        "[fd00::/8]:443, [fd00::/8]:443, 443",
        "[fd00::/8], fd00::/8, 0",
    })
    void readsPorts(String text, String canonical, int port) {
        PrefixPort parsed = PrefixPort.parse(text);
        assertThat(parsed).hasToString(canonical);
        assertThat(parsed.port()).isEqualTo(port);
        assertThat(PrefixPort.parse(canonical)).isEqualTo(parsed);
        assertThat(parsed.contains(parsed.prefix().network(), 443)).isEqualTo(port == 0 || port == 443);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8:0",
        "10.0.0.0/8:",
        "10.0.0.0/8:65536",
        "10.0.0.0/8:080",
        "10.0.0.0/8:x",
        "[fd00::/8",
        "[fd00::/8]:",
        "[fd00::/8]443",
        "fd00::/8:443",
        "[]:443",
        ":443",
        "*:443",
        "example.com:443"
    })
    void refusesPortsThatAreNone(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PrefixPort.parse(text))
                .withMessageContaining("'");
    }

    /** Against arithmetic on numbers of any size, with addresses at the edges of the prefixes and around them. */
    @Test
    void containsWhatArithmeticSays() {
        Random random = new Random(2);
        for (int round = 0; round < 300; round++) {
            List<Prefix> prefixes = new ArrayList<>();
            for (int i = random.nextInt(20); i >= 0; i--) {
                prefixes.add(prefix(random, random.nextBoolean()));
            }
            PrefixSet set = new PrefixSet(prefixes);
            assertThat(set.isEmpty()).isFalse();
            for (int i = 0; i < 100; i++) {
                IpAddress address = near(random, prefixes.get(random.nextInt(prefixes.size())));
                boolean expected = prefixes.stream().anyMatch(prefix -> contains(prefix, address));
                assertThat(set.contains(address))
                        .as("%s in %s", address, prefixes)
                        .isEqualTo(expected);
                for (Prefix prefix : prefixes) {
                    assertThat(prefix.contains(address)).isEqualTo(contains(prefix, address));
                }
            }
        }
        assertThat(PrefixSet.EMPTY.contains(IpAddress.parse("::1"))).isFalse();
    }

    private static boolean contains(Prefix prefix, IpAddress address) {
        BigInteger size = BigInteger.ONE.shiftLeft(128 - prefix.length());
        BigInteger offset = number(address).subtract(number(prefix.network()));
        boolean sameFamily =
                (prefix.toString().indexOf(':') < 0) == (address.toString().indexOf(':') < 0);
        return sameFamily && offset.signum() >= 0 && offset.compareTo(size) < 0;
    }

    private static Prefix prefix(Random random, boolean v4) {
        int length = random.nextInt(v4 ? 33 : 129);
        long most = random.nextInt(4) == 0 ? 0 : random.nextLong();
        IpAddress address = v4 ? IpAddress.v4((int) most) : new IpAddress(most, random.nextLong());
        BigInteger hosts = BigInteger.ONE.shiftLeft((v4 ? 32 : 128) - length).subtract(BigInteger.ONE);
        return Prefix.parse(address(number(address).andNot(hosts)) + "/" + length);
    }

    private static IpAddress near(Random random, Prefix prefix) {
        BigInteger size = BigInteger.ONE.shiftLeft(128 - prefix.length());
        BigInteger base = number(prefix.network());
        BigInteger chosen = switch (random.nextInt(4)) {
            case 0 -> base.subtract(BigInteger.ONE);
            case 1 -> base.add(size);
            case 2 -> base.add(size).subtract(BigInteger.ONE);
            default -> base.add(new BigInteger(128, random).mod(size));
        };
        return address(chosen.mod(BigInteger.ONE.shiftLeft(128)));
    }

    private static BigInteger number(IpAddress address) {
        byte[] bytes = ByteBuffer.allocate(16)
                .putLong(address.high())
                .putLong(address.low())
                .array();
        return new BigInteger(1, bytes);
    }

    private static IpAddress address(BigInteger number) {
        return new IpAddress(number.shiftRight(64).longValue(), number.longValue());
    }
}
