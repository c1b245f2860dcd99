package dev.sallyport.control.inject;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptInTest {
    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            -,     -,     false
            -,     true,  true
            -,     false, false
            true,  -,     true
            true,  true,  true
            true,  false, false
            false, -,     false
            false, true,  false
            false, false, false
            """)
    void falseOnEitherWinsOverTrueOnEither(String namespace, String pod, boolean injected) {
        assertThat(OptIn.holds(namespace, pod)).isEqualTo(injected);
    }
}
