package dev.sallyport.relay.loop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DescriptorsTest {
    @Test
    void keepsSomeForOtherThings() {
        assertThat(Descriptors.of(256).most()).isEqualTo(224);
        assertThat(Descriptors.of(1024).most()).isEqualTo(922);
        assertThat(Descriptors.of(1_000_000).most()).isEqualTo(998_976);
        assertThat(Descriptors.of(256).tooMany(223)).isFalse();
        assertThat(Descriptors.of(256).tooMany(224)).isTrue();
    }

    @Test
    void knowsThoseOfThisProcess() {
        assertThat(Descriptors.ofProcess().most()).isPositive();
        assertThat(Descriptors.ofProcess().tooMany(-1)).isFalse();
    }
}
