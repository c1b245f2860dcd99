package dev.sallyport.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GatewayDurationTest {
    @ParameterizedTest
    @CsvSource({
        "0s,PT0S",
        "1h,PT1H",
        "1m,PT1M",
        "30s,PT30S",
        "500ms,PT0.5S",
        "1h30m5s7ms,PT1H30M5.007S",
        "99999h,PT99999H"
    })
    void readsTheForm(String text, Duration duration) {
        assertThat(GatewayDuration.parse(text)).isEqualTo(duration);
        assertThat(GatewayDuration.parse(GatewayDuration.format(duration))).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "1", "1d", "1.5s", "-1s", "1s1h", "1s 1ms", "100000s", "1S", "1us", "1h1h", "١s"})
    void refusesTheRest(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GatewayDuration.parse(text))
                .withMessageContaining("'" + text + "' is not a duration");
    }

    @Test
    void writesOnlyWhatItCanReadBack() {
        for (Duration duration :
                new Duration[] {Duration.ofSeconds(-1), Duration.ofHours(100_000), Duration.ofNanos(500_000)}) {
            assertThatIllegalArgumentException().isThrownBy(() -> GatewayDuration.format(duration));
        }
        Random random = new Random(3);
        for (int i = 0; i < 1000; i++) {
            Duration duration =
                    Duration.ofMillis(random.nextLong(Duration.ofHours(99_999).toMillis() >>> random.nextInt(35)));
            assertThat(GatewayDuration.parse(GatewayDuration.format(duration))).isEqualTo(duration);
        }
    }
}
