package dev.sallyport.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.model.config.Admin;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {
    @Test
    void takesAddressesOfBothFamilies() {
        Path none = Path.of("/none");
        assertThat(Options.parse(List.of("--config", "/c", "--admin", "127.0.0.1:0", "--service-account", "/none")))
                .isEqualTo(new Options(Path.of("/c"), new Admin("127.0.0.1", 0), none));
        assertThat(Options.parse(List.of("--service-account", "/none", "--admin", "[::1]:15090", "--config", "/c"))
                        .admin())
                .isEqualTo(new Admin("0:0:0:0:0:0:0:1", 15_090));
        assertThat(Options.parse(List.of("--config", "/c")).admin()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--config",
                "--admin 127.0.0.1:1",
                "--config /c --admin",
                "--config /c --admin 15090",
                "--config /c --admin :15090",
                "--config /c --admin localhost:15090",
                "--config /c --admin 127.0.0.1:",
                "--config /c --admin 127.0.0.1:65536",
                "--config /c --admin 127.0.0.1:-1",
                "--config /c --admin ::",
                "--config /c extra",
            })
    void saysWhatIsWrong(String line) {
        List<String> arguments = line.isEmpty() ? List.of() : List.of(line.split(" "));
        assertThatThrownBy(() -> Options.parse(arguments))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("--[a-z]+ .*|extra is not known");
    }
}
