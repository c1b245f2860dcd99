package dev.sallyport.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.model.config.Admin;
import dev.sallyport.model.config.ApplicationPod;
import dev.sallyport.model.config.ApplicationProbe;
import dev.sallyport.model.config.Inbound;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {
    @Test
    void takesAddressesOfBothFamilies() {
        Path none = Path.of("/none");
        assertThat(Options.parse(List.of("--config", "/c", "--admin", "127.0.0.1:0", "--service-account", "/none")))
                .isEqualTo(new Options(
                        List.of(Path.of("/c")), new Admin("127.0.0.1", 0), none, ApplicationPod.NONE, null, List.of()));
        assertThat(Options.parse(List.of("--service-account", "/none", "--admin", "[::1]:15090", "--config", "/c"))
                        .admin())
                .isEqualTo(new Admin("0:0:0:0:0:0:0:1", 15_090));
        assertThat(Options.parse(List.of("--config", "/c")).admin()).isNull();
    }

    @Test
    void takesSeveralConfigurationsAndWhatIsToBeKnownOfThePod() {
        String line = "--config /egress --config /ingress --inbound 15710=8080 --inbound 15711=9090"
                + " --label app=web --label tier=";
        Options options = Options.parse(List.of(line.split(" ")));
        assertThat(options.config()).containsExactly(Path.of("/egress"), Path.of("/ingress"));
        assertThat(options.pod())
                .isEqualTo(new ApplicationPod(
                        List.of(new Inbound(15_710, 8080), new Inbound(15_711, 9090)), Set.of("app=web", "tier=")));
    }

    @Test
    void takesAGrace() {
        assertThat(Options.parse(List.of("--config", "/c", "--grace", "0")).grace())
                .isZero();
        assertThat(Options.parse(List.of("--grace", "3600", "--config", "/c")).grace())
                .isEqualTo(Duration.ofHours(1));
        assertThat(Options.parse(List.of("--config", "/c")).grace()).isNull();
    }

    @Test
    void takesProbes() {
        var probe = new ApplicationProbe("app/readiness", 8080, "/", false, List.of("Host: a"), Duration.ofSeconds(1));
        Options options = Options.parse(List.of("--config", "/c", "--redirected", "--probe", probe.toString()));
        assertThat(options.probes()).containsExactly(probe);
        assertThat(options.pod().redirected()).isTrue();
        assertThatThrownBy(() -> Options.parse(List.of("--config", "/c", "--probe", "8080")))
                .hasMessageContaining("--probe 8080 is not a probe");
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
                "--config /c --config /c",
                "--config /c --inbound",
                "--config /c --inbound 8080",
                "--config /c --inbound 8080=8080",
                "--config /c --inbound 15710=70000",
                "--config /c --inbound 15710=8080 --inbound 15710=9090",
                "--config /c --inbound 15710=8080 --inbound 15711=8080",
                "--config /c --label app",
                "--config /c --label =web",
                "--config /c --grace",
                "--config /c --grace 2s",
                "--config /c --grace -1",
                "--config /c extra",
            })
    void saysWhatIsWrong(String line) {
        List<String> arguments = line.isEmpty() ? List.of() : List.of(line.split(" "));
        assertThatThrownBy(() -> Options.parse(arguments))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("--[a-z]+ .*|extra is not known");
    }
}
