package dev.sallyport.model.name;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sallyport.model.name.HostPattern.Kind;
import dev.sallyport.model.request.Ascii;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostPatternTest {
    @ParameterizedTest
    @CsvSource({
        "example.com, EXACT, example.com, 0, example.com",
        "Example.COM.:8443, EXACT, example.com, 8443, example.com:8443",
        "*.example.com, SUBDOMAINS, example.com, 0, *.example.com",
        "*.example.com:443, SUBDOMAINS, example.com, 443, *.example.com:443",
        ".example.com:1, DOMAIN, example.com, 1, .example.com:1",
        "*, ANY, '', 0, *",
        "*:65535, ANY, '', 65535, *:65535",
        "192.0.2.1, ADDRESS, 192.0.2.1, 0, 192.0.2.1",
        "192.0.2.1:80, ADDRESS, 192.0.2.1, 80, 192.0.2.1:80",
        "2001:DB8:0::1, ADDRESS, 2001:db8::1, 0, [2001:db8::1]",
        "[2001:db8::1], ADDRESS, 2001:db8::1, 0, [2001:db8::1]",
        "[2001:db8::1]:443, ADDRESS, 2001:db8::1, 443, [2001:db8::1]:443",
        "[::ffff:192.0.2.1]:443, ADDRESS, 192.0.2.1, 443, 192.0.2.1:443",
        "_acme.example.com, EXACT, _acme.example.com, 0, _acme.example.com",
        "bücher.example, EXACT, xn--bcher-kva.example, 0, xn--bcher-kva.example",
        "*.BÜCHER.example:443, SUBDOMAINS, xn--bcher-kva.example, 443, *.xn--bcher-kva.example:443",
        "日本語。jp, EXACT, xn--wgv71a119e.jp, 0, xn--wgv71a119e.jp",
        "ＥＸＡＭＰＬＥ.com, EXACT, example.com, 0, example.com",
        "xn--strae-oqa.de, EXACT, xn--strae-oqa.de, 0, xn--strae-oqa.de",
        "１２７.0.0.1, ADDRESS, 127.0.0.1, 0, 127.0.0.1",
    })
    void readsPatterns(String text, Kind kind, String name, int port, String canonical) {
        HostPattern pattern = HostPattern.parse(text);
        assertThat(pattern).isEqualTo(new HostPattern(kind, name, port)).hasToString(canonical);
        assertThat(HostPattern.parse(canonical)).isEqualTo(pattern);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                       | it is empty
            .                        | it is empty
            *.                       | it is empty
            :443                     | it is empty
            ..example.com            | it has an empty label
            example..com             | it has an empty label
            *.*.example.com          | a * stands alone, or for all labels before a name as in *.example.com
            www.*.com                | a * stands alone, or for all labels before a name as in *.example.com
            foo*.example.com         | a * stands alone, or for all labels before a name as in *.example.com
            **                       | a * stands alone, or for all labels before a name as in *.example.com
            https://example.com      | write a host alone, without a scheme, a path or a prefix length
            example.com/path         | write a host alone, without a scheme, a path or a prefix length
            10.0.0.0/8               | write a host alone, without a scheme, a path or a prefix length
            example.com:             | the port behind the colon must be from 1 to 65535
            example.com:0            | the port behind the colon must be from 1 to 65535
            example.com:080          | the port behind the colon must be from 1 to 65535
            example.com:65536        | the port behind the colon must be from 1 to 65535
            example.com:https        | the port behind the colon must be from 1 to 65535
            example.com:+80          | the port behind the colon must be from 1 to 65535
            exam ple.com             | it has a character other than letters, digits, hyphens, underscores and dots
            user@example.com         | it has a character other than letters, digits, hyphens, underscores and dots
            -foo.example.com         | a label begins or ends with a hyphen
            foo-.example.com         | a label begins or ends with a hyphen
            127.1                    | it is no name, as its last label is a number, and no IPv4 address of four decimal numbers
            0x7f000001               | it is no name, as its last label is a number, and no IPv4 address of four decimal numbers
            010.0.0.1                | it is no name, as its last label is a number, and no IPv4 address of four decimal numbers
            *.0.0.1                  | it is no name, as its last label is a number, and no IPv4 address of four decimal numbers
            *.127.0.0.1              | an address has nothing below it
            .127.0.0.1               | an address has nothing below it
            fe80::1%eth0             | it is an IPv6 address with a zone
            [fe80::1%eth0]:443       | write an IPv6 address between the brackets, without a zone, as in [2001:db8::1]:443
            [127.0.0.1]              | write an IPv6 address between the brackets, without a zone, as in [2001:db8::1]:443
            [example.com]:443        | write an IPv6 address between the brackets, without a zone, as in [2001:db8::1]:443
            [::1                     | write an IPv6 address between the brackets, without a zone, as in [2001:db8::1]:443
            1:2:3                    | it is not an IPv6 address
            straße.example           | it has a character (ß, ς or a joiner) that clients map differently: write its A-label, xn--…
            βόλος.example            | it has a character (ß, ς or a joiner) that clients map differently: write its A-label, xn--…
            """)
    void saysWhatIsWrong(String text, String fault) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostPattern.parse(text))
                .withMessage("'" + text + "' is not a host pattern: " + fault);
    }

    @ParameterizedTest
    @CsvSource({
        "example.com, example.com, true",
        "example.com, EXAMPLE.com., true",
        "example.com, www.example.com, false",
        "example.com, notexample.com, false",
        "*.example.com, example.com, false",
        "*.example.com, www.example.com, true",
        "*.example.com, a.b.c.example.com, true",
        "*.example.com, .example.com, false",
        "*.example.com, badexample.com, false",
        ".example.com, example.com, true",
        ".example.com, a.b.example.com, true",
        ".example.com, badexample.com, false",
        "*, example.com, true",
        "*, 127.0.0.1, true",
        "*, 127.1, false",
        "127.0.0.1, ::ffff:127.0.0.1, true",
        "127.0.0.1, 127.1, false",
        "::1, 0:0:0:0:0:0:0:1, true",
    })
    void matchesHosts(String pattern, String host, boolean matches) {
        assertThat(HostPattern.parse(pattern).matches(Ascii.of(host))).isEqualTo(matches);
    }
}
