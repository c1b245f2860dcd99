package dev.sallyport.model.name;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.Allocation;
import dev.sallyport.model.address.IpAddress;
import dev.sallyport.model.request.Ascii;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HostPatternsTest {
    private static final Ascii GET = Ascii.of("GET");
    private static final HostPatterns.Condition ALWAYS = (pattern, port, method) -> true;

    private static HostPatterns of(String... patterns) {
        return new HostPatterns(
                List.of(patterns).stream().map(HostPattern::parse).toList());
    }

    @Test
    void answersTheFirstOfAllThatMatch() {
        HostPatterns patterns = of("*.b.example", "a.b.example", ".example", "*", "a.b.example");
        assertThat(patterns.first(Ascii.of("A.b.Example."), ALWAYS, 80, GET)).isZero();
        assertThat(patterns.first(Ascii.of("a.b.example"), (pattern, port, method) -> pattern > 0, 80, GET))
                .isEqualTo(1);
        assertThat(patterns.first(Ascii.of("a.b.example"), (pattern, port, method) -> pattern > 1, 80, GET))
                .isEqualTo(2);
        assertThat(patterns.first(Ascii.of("a.b.example"), (pattern, port, method) -> pattern > 3, 80, GET))
                .isEqualTo(4);
        assertThat(patterns.first(Ascii.of("b.example"), ALWAYS, 80, GET)).isEqualTo(2);
        assertThat(patterns.first(Ascii.of("other"), ALWAYS, 80, GET)).isEqualTo(3);
        assertThat(of().first(Ascii.of("other"), ALWAYS, 80, GET)).isEqualTo(HostPatterns.NONE);
    }

    @Test
    void answersTheMostSpecific() {
        HostPatterns patterns = of("*", "*.example", "*.b.example", "a.b.example", ".c.example", "192.0.2.1");
        assertThat(patterns.mostSpecific(Ascii.of("a.b.example"))).isEqualTo(3);
        assertThat(patterns.mostSpecific(Ascii.of("x.a.b.example"))).isEqualTo(2);
        assertThat(patterns.mostSpecific(Ascii.of("c.example"))).isEqualTo(4);
        assertThat(patterns.mostSpecific(Ascii.of("d.c.example"))).isEqualTo(4);
        assertThat(patterns.mostSpecific(Ascii.of("b.example"))).isEqualTo(1);
        assertThat(patterns.mostSpecific(Ascii.of("example"))).isZero();
        assertThat(patterns.mostSpecific(Ascii.of("::ffff:192.0.2.1"))).isEqualTo(5);
        assertThat(of("example").mostSpecific(Ascii.of(""))).isEqualTo(HostPatterns.NONE);
        assertThat(of("example").mostSpecific(Ascii.of("."))).isEqualTo(HostPatterns.NONE);
        assertThat(of("*.example").mostSpecific(Ascii.of("example"))).isEqualTo(HostPatterns.NONE);
    }

    @Test
    void tellsAddressesFromNames() {
        HostPatterns patterns = of("192.0.2.1", "*", "[::1]");
        IpAddress address = IpAddress.parse("192.0.2.1");
        assertThat(patterns.first(address, ALWAYS, 80, GET)).isZero();
        assertThat(patterns.firstLiteral(address, ALWAYS, 80, GET)).isZero();
        assertThat(patterns.first(IpAddress.parse("192.0.2.2"), ALWAYS, 80, GET))
                .isEqualTo(1);
        assertThat(patterns.firstLiteral(IpAddress.parse("192.0.2.2"), ALWAYS, 80, GET))
                .isEqualTo(HostPatterns.NONE);
        assertThat(patterns.firstLiteral(IpAddress.parse("::1"), ALWAYS, 80, GET))
                .isEqualTo(2);
    }

    /** Few labels, so that names, suffixes and duplicates of them meet all the time. */
    @Test
    void agreesWithTryingOneAfterAnother() {
        Random random = new Random(11);
        int matched = 0;
        for (int round = 0; round < 150; round++) {
            List<HostPattern> patterns = new ArrayList<>();
            for (int i = random.nextInt(60); i > 0; i--) {
                patterns.add(pattern(random));
            }
            HostPatterns compiled = new HostPatterns(patterns);
            for (int i = 0; i < 100; i++) {
                String text = random.nextInt(8) == 0 ? address(random) : name(random, 4);
                Ascii host = Ascii.of(random.nextBoolean() ? text.toUpperCase(Locale.ROOT) : text);
                int port = random.nextInt(3);
                HostPatterns.Condition condition = (pattern, asked, method) -> pattern % 3 != asked;
                int[] expected = IntStream.range(0, patterns.size())
                        .filter(index -> patterns.get(index).matches(host))
                        .toArray();
                int first = IntStream.of(expected)
                        .filter(index -> index % 3 != port)
                        .findFirst()
                        .orElse(HostPatterns.NONE);
                IpAddress address = IpAddress.parse(text);
                assertThat(
                                address == null
                                        ? compiled.first(host, condition, port, GET)
                                        : compiled.first(address, condition, port, GET))
                        .as("%s in %s", host, patterns)
                        .isEqualTo(first);
                int specific = IntStream.of(expected)
                        .boxed()
                        .min(Comparator.comparing((Integer index) -> rank(patterns.get(index)))
                                .thenComparing(index -> index))
                        .orElse(HostPatterns.NONE);
                assertThat(compiled.mostSpecific(host))
                        .as("%s in %s", host, patterns)
                        .isEqualTo(specific);
                matched += expected.length > 0 ? 1 : 0;
            }
        }
        assertThat(matched).isBetween(2_000, 14_500);
    }

    private static int rank(HostPattern pattern) {
        return switch (pattern.kind()) {
            case EXACT, ADDRESS -> 0;
            case SUBDOMAINS, DOMAIN -> 1000 - pattern.name().length();
            case ANY -> 2000;
        };
    }

    private static HostPattern pattern(Random random) {
        return HostPattern.parse(
                switch (random.nextInt(12)) {
                    case 0 -> random.nextInt(4) == 0 ? "*" : name(random, 1);
                    case 1, 2, 3 -> "*." + name(random, 3);
                    case 4, 5, 6 -> "." + name(random, 3);
                    case 7 -> address(random);
                    default -> name(random, 4);
                });
    }

    private static String name(Random random, int labels) {
        StringBuilder name = new StringBuilder("abc".substring(random.nextInt(3)));
        for (int i = random.nextInt(labels); i > 0; i--) {
            name.append('.').append((char) ('a' + random.nextInt(3)));
        }
        return name.toString();
    }

    private static String address(Random random) {
        return random.nextBoolean() ? "192.0.2." + random.nextInt(4) : "2001:db8::" + random.nextInt(4);
    }

    @Test
    void looksUpInManyWithoutAnObject() {
        List<HostPattern> many = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            many.add(HostPattern.parse((i % 3 == 0 ? "*." : i % 3 == 1 ? "." : "") + "host" + i + ".example.com"));
        }
        HostPatterns patterns = new HostPatterns(many);
        Ascii hit = Ascii.of("www.Host9999.example.com");
        Ascii miss = Ascii.of("www.elsewhere.example.org");
        assertThat(patterns.first(hit, ALWAYS, 80, GET)).isEqualTo(9999);
        assertThat(Allocation.perRun(() -> {
                    patterns.first(hit, ALWAYS, 80, GET);
                    patterns.first(miss, ALWAYS, 80, GET);
                    patterns.mostSpecific(hit);
                    HostKind.of(hit);
                }))
                .isZero();
    }
}
