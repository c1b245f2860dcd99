package dev.sallyport.relay.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ChanceTest {
    @Test
    void noTwoSourcesSayTheSame() {
        assertThat(Stream.generate(Chance::source).limit(1000).map(source -> source.nextLong()))
                .doesNotHaveDuplicates();
    }
}
