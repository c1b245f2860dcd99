package dev.sallyport.control.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.control.Control;
import dev.sallyport.control.Objects;
import dev.sallyport.control.input.References;
import dev.sallyport.model.config.GatewayDuration;
import dev.sallyport.model.config.ReverseRule;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuleTimesTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {}           | {}             | 30s | 0s  | 5m
            {}           | {request: 10s} | 10s | 10s | 5m
            {}           | {request: 1h}  | 1h  | 1h  | 1h
            {}           | {request: 0s}  | 0s  | 0s  | 0s
            {idle: 1m}   | {}             | 30s | 0s  | 1m
            {idle: 1m}   | {request: 1h}  | 1h  | 1h  | 1m
            {idle: 10m}  | {request: 0s}  | 0s  | 0s  | 10m
            """)
    void requestsStreamsAndSilence(String all, String rule, String request, String stream, String idle) {
        var proxy = Objects.reverse(
                "{timeouts: " + all + ", rules: [{backendRefs: [{name: a, port: 80}], timeouts: " + rule + "}]}");
        ReverseRule served = Control.plan(proxy, References.NONE, Objects.PODS)
                .served()
                .snapshot()
                .config()
                .reverses()
                .getFirst()
                .rules()
                .getFirst();
        assertThat(served.requestTimeout()).isEqualTo(duration(request));
        assertThat(served.streamTimeout()).isEqualTo(duration(stream));
        assertThat(served.idleTimeout()).isEqualTo(duration(idle));
    }

    private static Duration duration(String text) {
        return GatewayDuration.parse(text);
    }
}
