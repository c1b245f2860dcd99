package dev.sallyport.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ApplicationProbeTest {
    @Test
    void isTheSameAfterItsTextForm() {
        var request = new ApplicationProbe(
                "app/readiness", 8443, "/ready?full=1", true, List.of("Host: shop", "X: \"y\""), Duration.ofSeconds(3));
        assertThat(ApplicationProbe.parse(request.toString())).isEqualTo(request);
        var connection = new ApplicationProbe("app/liveness", 8080, "", false, List.of(), Duration.ofSeconds(1));
        assertThat(connection).hasToString("""
                {"name":"app/liveness","port":8080,"tls":false,"timeout":"1s"}""");
        assertThat(ApplicationProbe.parse(connection.toString())).isEqualTo(connection);
    }

    @Test
    void isOneRequest() {
        assertThatThrownBy(() -> probe(0, "/", List.of())).hasMessageContaining("from 1 to 65535");
        assertThatThrownBy(() -> probe(1, "ready", List.of())).hasMessageContaining("does not begin with /");
        assertThatThrownBy(() -> probe(1, "/a b", List.of())).hasMessageContaining("that a URL does not have");
        assertThatThrownBy(() -> probe(1, "/", List.of("A: b\r\nC: d"))).hasMessageContaining("control characters");
    }

    @Test
    void saysWhatIsWrongWithItsTextForm() {
        assertThatThrownBy(() -> ApplicationProbe.parse("{\"name\":\"a\"}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("port");
        assertThatThrownBy(() -> ApplicationProbe.parse("8080")).isInstanceOf(IllegalArgumentException.class);
    }

    private static ApplicationProbe probe(int port, String path, List<String> headers) {
        return new ApplicationProbe("app/liveness", port, path, false, headers, Duration.ofSeconds(1));
    }
}
