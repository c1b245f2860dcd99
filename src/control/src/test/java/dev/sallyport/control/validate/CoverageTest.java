package dev.sallyport.control.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.control.validate.Coverage.Entry;
import dev.sallyport.model.name.HostPattern;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CoverageTest {
    @ParameterizedTest
    @CsvSource({
        "*, a.example, true",
        "*, 192.0.2.1, true",
        "*.example, a.b.example, true",
        "*.example, *.b.example, true",
        "*.example, .b.example, true",
        "*.example, example, false",
        "*.example, .example, false",
        ".example, example, true",
        ".example, *.example, true",
        ".example, .example, true",
        "a.example, a.example, true",
        "a.example, b.a.example, false",
        "a.example, *.a.example, false",
        "a.example, *, false",
        "192.0.2.1, 192.0.2.1, true",
        "*.example, badexample, false",
    })
    void knowsWhichPatternHasAnotherInIt(String one, String other, boolean covers) {
        var coverage = new Coverage();
        coverage.add(entry(one, Set.of(), Set.of()));
        assertThat(coverage.covering(entry(other, Set.of(), Set.of())) != null).isEqualTo(covers);
    }

    @Test
    void comparesPortsAndMethods() {
        var coverage = new Coverage();
        coverage.add(entry("a.example", Set.of(80, 443), Set.of("GET", "HEAD")));
        assertThat(coverage.covering(entry("a.example", Set.of(443), Set.of("GET"))))
                .isNotNull();
        assertThat(coverage.covering(entry("a.example", Set.of(444), Set.of("GET"))))
                .isNull();
        assertThat(coverage.covering(entry("a.example", Set.of(), Set.of("GET"))))
                .isNull();
        assertThat(coverage.covering(entry("a.example", Set.of(80), Set.of()))).isNull();
    }

    private static Entry entry(String host, Set<Integer> ports, Set<String> methods) {
        return new Entry("path", HostPattern.parse(host), ports, methods);
    }
}
