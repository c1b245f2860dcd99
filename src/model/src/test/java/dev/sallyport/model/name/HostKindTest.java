package dev.sallyport.model.name;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.address.IpAddress;
import dev.sallyport.model.request.Ascii;
import java.net.Inet4Address;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostKindTest {
    @ParameterizedTest
    @CsvSource({
        "example.com, example.com",
        "EXAMPLE.Com., example.com",
        "localhost, localhost",
        "_dmarc.example.com, _dmarc.example.com",
        "a-.example.com, a-.example.com",
        "r3---sn-4g5e6nsz.googlevideo.com, r3---sn-4g5e6nsz.googlevideo.com",
        "xn--bcher-kva.example, xn--bcher-kva.example",
        "1.2.3.4.example, 1.2.3.4.example",
        "0x.example, 0x.example",
        "1e100.net, 1e100.net",
        "0xyz, 0xyz",
        "127.0.0.1a, 127.0.0.1a",
    })
    void knowsNames(String host, String canonical) {
        assertThat(HostKind.of(Ascii.of(host))).isEqualTo(HostKind.NAME);
        assertThat(HostKind.canonical(Ascii.of(host))).isEqualTo(canonical);
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1",
        "127.0.0.1., 127.0.0.1",
        "255.255.255.255, 255.255.255.255",
        "::1, ::1",
        "0:0:0:0:0:0:0:1, ::1",
        "::ffff:127.0.0.1, 127.0.0.1",
        "::FFFF:7F00:1, 127.0.0.1",
        "2001:DB8::1, 2001:db8::1",
    })
    void knowsAddresses(String host, String canonical) {
        assertThat(HostKind.of(Ascii.of(host))).isEqualTo(HostKind.ADDRESS);
        assertThat(HostKind.canonical(Ascii.of(host))).isEqualTo(canonical);
    }

    /** What an attacker writes so that a filter sees a name and a resolver an address. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.1",
                "127.0.1",
                "127.1.",
                "2130706433",
                "2130706433.",
                "0x7f000001",
                "0X7F000001",
                "0x7f.1",
                "0x7f.0.0.1",
                "127.0.0.0x1",
                "0177.0.0.1",
                "0177.1",
                "017700000001",
                "0300.0250.1.1",
                "00127.0.0.1",
                "127.0.0.01",
                "127.000.000.001",
                "1.2.3.4.5",
                "1.2.3.256",
                "1.2.3.99999999999",
                "3232235777",
                "0xa9fea9fe",
                "169.254.43518",
                "0xa9.254.0251.254",
                "0",
                "0x",
                "0x0",
                "00",
                "foo.0",
                "foo.1.2.3.4",
                "foo.0x7f",
                "127.0.0.1.0x",
                "_.1"
            })
    void readsNoAddressInDisguiseAsName(String host) {
        assertThat(HostKind.of(Ascii.of(host))).isEqualTo(HostKind.BAD_IPV4);
    }

    @ParameterizedTest
    @CsvSource({
        "'', EMPTY",
        "., EMPTY_LABEL",
        ".., EMPTY_LABEL",
        ".example.com, EMPTY_LABEL",
        "example..com, EMPTY_LABEL",
        "example.com.., EMPTY_LABEL",
        "127.0.0.1.., EMPTY_LABEL",
        "exa mple.com, BAD_CHARACTER",
        "example.com/, BAD_CHARACTER",
        "user@example.com, BAD_CHARACTER",
        "%31%32%37.0.0.1, BAD_CHARACTER",
        "bücher.example, BAD_CHARACTER",
        "*.example.com, BAD_CHARACTER",
        "[::1], BAD_IPV6",
        "::1., BAD_IPV6",
        ":, BAD_IPV6",
        "::ffff:127.1, BAD_IPV6",
        "example.com:80, BAD_IPV6",
        "fe80::1%eth0, ZONE",
        "fe80::1%25eth0, ZONE",
        "::1%, ZONE",
    })
    void saysWhatIsWrong(String host, HostKind kind) {
        assertThat(HostKind.of(Ascii.of(host))).isEqualTo(kind);
        assertThat(kind.isSound()).isFalse();
        assertThat(kind.fault()).startsWith("it ");
    }

    @Test
    void boundsLengths() {
        String label = "a".repeat(63);
        String longest = label + "." + label + "." + label + "." + "a".repeat(61);
        assertThat(HostKind.of(Ascii.of(longest))).isEqualTo(HostKind.NAME);
        assertThat(HostKind.of(Ascii.of(longest + "."))).isEqualTo(HostKind.NAME);
        assertThat(HostKind.of(Ascii.of(longest + "a"))).isEqualTo(HostKind.TOO_LONG);
        assertThat(HostKind.of(Ascii.of("a".repeat(64) + ".com"))).isEqualTo(HostKind.LONG_LABEL);
        assertThat(HostKind.of(Ascii.of("a.".repeat(100_000)))).isEqualTo(HostKind.TOO_LONG);
    }

    /** What the platform's own {@code inet_aton} reads as an address is never a name, and is the same address when it is one. */
    @Test
    void neverDisagreesWithInetAton() {
        Random random = new Random(5);
        int addresses = 0;
        for (int i = 0; i < 50_000; i++) {
            StringBuilder host = new StringBuilder();
            for (int part = random.nextInt(4); part >= 0; part--) {
                int number = random.nextInt(random.nextInt(5) > 0 ? 256 : 70_000);
                host.append(
                        switch (random.nextInt(6)) {
                            case 0 -> "0x" + Integer.toHexString(number);
                            case 1 -> "0" + Integer.toOctalString(number);
                            default -> String.valueOf(number);
                        });
                host.append(part > 0 ? "." : "");
            }
            Inet4Address read;
            try {
                read = Inet4Address.ofPosixLiteral(host.toString());
            } catch (IllegalArgumentException e) {
                read = null;
            }
            HostKind kind = HostKind.of(Ascii.of(host.toString()));
            assertThat(kind).as(host.toString()).isIn(HostKind.ADDRESS, HostKind.BAD_IPV4);
            if (kind == HostKind.ADDRESS) {
                addresses++;
                assertThat(read).as(host.toString()).isNotNull();
                assertThat(IpAddress.of(read)).isEqualTo(IpAddress.parse(host.toString()));
            }
        }
        assertThat(addresses).isGreaterThan(500);
    }
}
