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
        "0s, PT0S, 0s",
        "500ms, PT0.5S, 500ms",
        "1h30m, PT1H30M, 1h30m",
        "1h2m3s4ms, PT1H2M3.004S, 1h2m3s4ms",
        "90s, PT1M30S, 1m30s",
        "30m1h, PT1H30M, 1h30m",
        "1s1s1s1s, PT4S, 4s",
        "99999h, PT99999H, 99999h"
    })
    void whatTheApiServerTakesIsReadAndWrittenInItsShortestForm(String text, Duration duration, String shortest) {
        assertThat(GatewayDuration.parse(text)).isEqualTo(duration);
        assertThat(GatewayDuration.format(duration)).isEqualTo(shortest);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "s", "1d", "1.5s", "-1s", "1 s", "123456s", "1s1s1s1s1s", "1S", "1s\n"})
    void whatHasNotTheFormIsRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GatewayDuration.parse(text))
                .withMessageContaining("is not a duration: write up to four numbers");
    }

    @ParameterizedTest
    @ValueSource(strings = {"99999h1ms", "99999h99999h99999h99999h"})
    void whatCannotBeWrittenAgainIsRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GatewayDuration.parse(text))
                .withMessageContaining("write at most 99999h");
    }

    @Test
    void whatHasNoFormIsNotWritten() {
        for (Duration duration :
                new Duration[] {Duration.ofSeconds(-1), Duration.ofHours(100_000), Duration.ofNanos(500_000)}) {
            assertThatIllegalArgumentException().isThrownBy(() -> GatewayDuration.format(duration));
        }
    }

    @Test
    void whatIsWrittenIsReadTheSame() {
        Random random = new Random(3);
        for (int i = 0; i < 1000; i++) {
            Duration duration =
                    Duration.ofMillis(random.nextLong(Duration.ofHours(99_999).toMillis() >>> random.nextInt(35)));
            assertThat(GatewayDuration.parse(GatewayDuration.format(duration))).isEqualTo(duration);
        }
    }
}
