package dev.sallyport.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InboundTest {
    @Test
    void itIsReadAsItIsWritten() {
        assertThat(Inbound.parse("15710=8080"))
                .isEqualTo(new Inbound(15_710, 8080))
                .hasToString("15710=8080");
        assertThat(Inbound.parse("0=8080")).isEqualTo(new Inbound(0, 8080));
        assertThat(Inbound.parse("1=65535")).isEqualTo(new Inbound(1, 65_535));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "8080", "15710=", "=8080", "15710=8080=1", "15710:8080", "a=b", "+1=2", "015=8", " 1=2"})
    void whatIsNotTwoPortsIsRefusedWithAnExample(String text) {
        assertThatThrownBy(() -> Inbound.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("write 15710=8080");
    }

    @Test
    void soAreNumbersThatAreNoPorts() {
        assertThatThrownBy(() -> Inbound.parse("15710=65536")).hasMessageContaining("from 1 to 65535");
        assertThatThrownBy(() -> Inbound.parse("8080=0")).hasMessageContaining("write 15710=8080");
        assertThatThrownBy(() -> Inbound.parse("99999=8080")).hasMessageContaining("from 1 to 65535");
    }

    @Test
    void andOnePortForBoth() {
        assertThatThrownBy(() -> Inbound.parse("8080=8080")).hasMessageContaining("cannot have one port");
    }
}
