package dev.sallyport.model.address;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {
    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, 0.0.0.0",
        "192.0.2.255, 192.0.2.255",
        "::, ::",
        "::1, ::1",
        "1::, 1::",
        "2001:DB8:0:0:8:800:200C:417A, 2001:db8::8:800:200c:417a",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
        "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:192.0.2.1, 1:2:3:4:5:6:c000:201",
        "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
        "::192.0.2.1, ::c000:201",
        "::ffff:192.0.2.1, 192.0.2.1",
        "::ffff:c000:201, 192.0.2.1",
        "0:0:0:0:0:ffff:c000:0201, 192.0.2.1",
        "0000:0000:0000:0000:0000:0000:0000:0001, ::1",
    })
    void readsLiterals(String literal, String canonical) {
        IpAddress address = IpAddress.parse(literal);
        assertThat(address).hasToString(canonical);
        assertThat(IpAddress.parse(canonical)).isEqualTo(address);
        assertThat(IpAddress.of(InetAddress.ofLiteral(literal))).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                ":",
                ":::",
                "1",
                "127.1",
                "127.0.1",
                "2130706433",
                "0x7f.0.0.1",
                "0x7f000001",
                "0177.0.0.1",
                "127.0.0.01",
                "00.0.0.0",
                "256.0.0.1",
                "1.2.3.4.5",
                "1.2.3.",
                ".1.2.3",
                "1..2.3",
                "1.2.3.4.",
                " 1.2.3.4",
                "1.2.3.4 ",
                "1.2.3.4\n",
                "+1.2.3.4",
                "-1.2.3.4",
                "1.2.3.1000",
                "1.2.3.4/32",
                "1.2.3.4:80",
                "１.2.3.4",
                "١.2.3.4",
                "1。2.3.4",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1::2::3",
                "1:2:3:4:5:6:7:8::",
                "::1:2:3:4:5:6:7:8",
                "12345::",
                "::g",
                ":1",
                "1:",
                "1:2:3:4:5:6:7:",
                ":1:2:3:4:5:6:7",
                "::1.2.3",
                "::1.2.3.4.5",
                "::256.1.1.1",
                "::01.2.3.4",
                "1.2.3.4::",
                "1:2:3:4:5:6:7:1.2.3.4",
                "1:2:3:4:5:1.2.3.4",
                "[::1]",
                "::1]",
                "fe80::1%eth0",
                "fe80::1%1",
                "::ffff:127.1",
                "::1/128",
                "::-1",
                "::+1",
                "::１",
                "localhost"
            })
    void readsNothingElse(String literal) {
        assertThat(IpAddress.parse(literal)).isNull();
    }

    @Test
    void agreesWithThePlatformOnRandomAddresses() throws UnknownHostException {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(4) == 0 ? 4 : 16];
            random.nextBytes(bytes);
            for (int j = 0; j < bytes.length; j++) {
                if (random.nextInt(3) > 0) {
                    bytes[j] = 0;
                }
            }
            InetAddress platform = InetAddress.getByAddress(bytes);
            IpAddress address = IpAddress.of(platform);
            assertThat(address.toInetAddress()).isEqualTo(platform);
            assertThat(InetAddress.ofLiteral(address.toString())).isEqualTo(platform);
            assertThat(IpAddress.parse(address.toString())).isEqualTo(address);
            assertThat(IpAddress.parse(platform.getHostAddress())).isEqualTo(address);
        }
    }

    @Test
    void ordersAsUnsignedNumbers() {
        String[] ascending = {
            "::", "::1", "0.0.0.0", "9.0.0.0", "128.0.0.0", "255.255.255.255", "1::", "8000::", "ffff::"
        };
        for (int i = 1; i < ascending.length; i++) {
            assertThat(IpAddress.parse(ascending[i])).isGreaterThan(IpAddress.parse(ascending[i - 1]));
        }
    }

    @Test
    void knowsWhichAreOfThisHost() {
        assertThat(IpAddress.parse("0.0.0.0").isUnspecified()).isTrue();
        assertThat(IpAddress.parse("::").isUnspecified()).isTrue();
        assertThat(IpAddress.parse("::1").isUnspecified()).isFalse();
        assertThat(IpAddress.parse("127.9.9.9").isLoopback()).isTrue();
        assertThat(IpAddress.parse("::1").isLoopback()).isTrue();
        assertThat(IpAddress.parse("128.0.0.1").isLoopback()).isFalse();
    }
}
