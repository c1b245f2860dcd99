package dev.sallyport.relay.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.RoleKind;
import dev.sallyport.model.config.Source;
import dev.sallyport.model.role.ProxyError;
import dev.sallyport.relay.http.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MetricsTest {
    private final Metrics metrics = new Metrics();

    private static Decision decision(RoleKind role, String listener, int status, boolean allowed, String rule) {
        Decision decision = new Decision();
        decision.role = role;
        decision.listener = listener;
        decision.policy = "team/" + listener;
        decision.reset(0, 0);
        decision.status = status;
        decision.allowed = allowed;
        decision.rule = rule;
        return decision;
    }

    @Test
    void addsUpTheLoops() {
        LoopMetrics one = metrics.forLoop();
        LoopMetrics other = metrics.forLoop();
        Decision good = decision(RoleKind.FORWARD, "proxy", 200, true, "allow[0]");
        good.requestBytes = 10;
        good.responseBytes = 300;
        good.totalNanos = 2_000_000;
        one.count(good);
        other.count(good);
        Decision slow = decision(RoleKind.FORWARD, "proxy", 504, true, "allow[0]");
        slow.totalNanos = 31_000_000_000L;
        slow.retries = 2;
        slow.failed(ProxyError.HTTP_RESPONSE_TIMEOUT, "");
        other.count(slow);
        Decision refused = decision(RoleKind.FORWARD, "proxy", 403, false, "");
        refused.failed(ProxyError.HTTP_REQUEST_DENIED, "");
        other.count(refused);
        Decision tunnel = decision(RoleKind.FORWARD, "proxy", 200, true, "allow[0]");
        tunnel.kind = Decision.Kind.TUNNEL;
        tunnel.totalNanos = 1;
        tunnel.overlookedRule = "guards";
        one.count(tunnel);
        one.fault(RoleKind.REVERSE, ClientFault.HEAD_TIMEOUT);
        other.fault(RoleKind.REVERSE, ClientFault.HEAD_TIMEOUT);
        one.malformed(RoleKind.FORWARD, Fault.HOST_MISSING);
        one.connectionOpened(RoleKind.REVERSE);
        one.connectionOpened(RoleKind.REVERSE);
        other.connectionClosed(RoleKind.REVERSE);
        one.tunnelOpened();
        one.upstreamConnected();
        one.upstreamReused();
        one.upstreamFailed(ProxyError.CONNECTION_REFUSED);

        assertThat(metrics.text().lines())
                .contains(
                        "sallyport_requests_total{role=\"forward\",listener=\"proxy\",kind=\"request\",verdict=\"allowed\",code=\"2xx\"} 2",
                        "sallyport_requests_total{role=\"forward\",listener=\"proxy\",kind=\"request\",verdict=\"allowed\",code=\"5xx\"} 1",
                        "sallyport_requests_total{role=\"forward\",listener=\"proxy\",kind=\"request\",verdict=\"refused\",code=\"4xx\"} 1",
                        "sallyport_requests_total{role=\"forward\",listener=\"proxy\",kind=\"tunnel\",verdict=\"allowed\",code=\"2xx\"} 1",
                        "sallyport_rule_decisions_total{role=\"forward\",policy=\"team/proxy\",rule=\"allow[0]\",outcome=\"allowed\"} 4",
                        "sallyport_rule_decisions_total{role=\"forward\",policy=\"team/proxy\",rule=\"\",outcome=\"refused\"} 1",
                        "sallyport_rule_decisions_total{role=\"forward\",policy=\"team/proxy\",rule=\"guards\",outcome=\"overlooked\"} 1",
                        "sallyport_request_duration_seconds_bucket{role=\"forward\",listener=\"proxy\",le=\"0.001\"} 0",
                        "sallyport_request_duration_seconds_bucket{role=\"forward\",listener=\"proxy\",le=\"0.0025\"} 2",
                        "sallyport_request_duration_seconds_bucket{role=\"forward\",listener=\"proxy\",le=\"30\"} 2",
                        "sallyport_request_duration_seconds_bucket{role=\"forward\",listener=\"proxy\",le=\"+Inf\"} 3",
                        "sallyport_request_duration_seconds_sum{role=\"forward\",listener=\"proxy\"} 31.004",
                        "sallyport_request_duration_seconds_count{role=\"forward\",listener=\"proxy\"} 3",
                        "sallyport_request_bytes_total{role=\"forward\",listener=\"proxy\"} 20",
                        "sallyport_response_bytes_total{role=\"forward\",listener=\"proxy\"} 600",
                        "sallyport_retries_total{role=\"forward\",listener=\"proxy\"} 2",
                        "sallyport_proxy_errors_total{role=\"forward\",error=\"http_request_denied\"} 1",
                        "sallyport_client_faults_total{role=\"reverse\",fault=\"head_timeout\"} 2",
                        "sallyport_client_faults_total{role=\"forward\",fault=\"malformed_host_missing\"} 1",
                        "sallyport_connections_total{role=\"reverse\"} 2",
                        "sallyport_connections_active{role=\"reverse\"} 1",
                        "sallyport_tunnels_active 1",
                        "sallyport_upstream_connections_active 1",
                        "sallyport_upstream_reuses_total 1",
                        "sallyport_upstream_connect_failures_total{error=\"connection_refused\"} 1");
    }

    @Test
    void tellsOfTheConfigurationAndTheClusters() {
        metrics.configRefused();
        metrics.configServed(List.of("0123456789abcdef"), List.of(new Source("ForwardProxy", "team", "egress", 7)));
        metrics.clusterEndpoints("team/\"odd\"\\\n:80", 3);
        metrics.clusterEndpoints("team/gone:80", 1);
        metrics.clusterGone("team/gone:80");
        metrics.endpointWatchFailed();
        assertThat(metrics.text().lines())
                .contains(
                        "sallyport_config_info{hash=\"0123456789abcdef\"} 1",
                        "sallyport_config_generation{kind=\"ForwardProxy\",namespace=\"team\",name=\"egress\"} 7",
                        "sallyport_config_reloads_total{result=\"served\"} 1",
                        "sallyport_config_reloads_total{result=\"refused\"} 1",
                        "sallyport_cluster_endpoints{cluster=\"team/\\\"odd\\\"\\\\\\n:80\"} 3",
                        "sallyport_endpoint_watch_failures_total 1")
                .noneMatch(line -> line.contains("gone"));
    }

    @Test
    void doesNotGrowWithTheNamesThatWereThere() {
        LoopMetrics loop = metrics.forLoop();
        for (int i = 0; i < 10_000; i++) {
            loop.count(decision(RoleKind.REVERSE, "l" + i, 200, true, "rule-" + i));
        }
        assertThat(metrics.text())
                .contains("policy=\"(other)\",rule=\"(other)\",outcome=\"allowed\"} 8000\n")
                .contains("listener=\"(other)\",kind=\"request\",verdict=\"allowed\",code=\"2xx\"} 9900\n");
        assertThat(metrics.text().lines().count()).isLessThan(5_000);
    }

    @Test
    void everySampleIsWellFormedAndBelongsToADocumentedFamily() throws IOException {
        metrics.forLoop().count(decision(RoleKind.REVERSE, "web", 200, true, "r"));
        metrics.configServed(List.of("h"), List.of(new Source("ReverseProxy", "n", "r", 1)));
        ProcessMetrics.register(metrics);
        Pattern sample = Pattern.compile(
                "([a-z_]+)(\\{[a-z]+=\"(?:[^\"\\\\\n]|\\\\[\\\\\"n])*\"(,[a-z]+=\"(?:[^\"\\\\\n]|\\\\[\\\\\"n])*\")*})? -?[0-9.E+-]+");
        String documented = documented();
        Set<String> families = new HashSet<>();
        String family = "";
        for (String line : metrics.text().split("\n")) {
            if (line.startsWith("# TYPE ")) {
                family = line.split(" ")[2];
                assertThat(families.add(family)).as("%s comes once", family).isTrue();
                assertThat(documented).contains("`" + family + "`");
            } else if (!line.startsWith("#")) {
                assertThat(line).matches(sample);
                assertThat(line).startsWith(family);
            }
        }
        assertThat(families).hasSizeGreaterThan(20);
    }

    private static String documented() throws IOException {
        return Files.readString(Path.of("../../docs/reference/metrics.md"));
    }

    @ParameterizedTest
    @EnumSource
    void everyFaultOfAClientIsDocumented(ClientFault fault) throws IOException {
        assertThat(documented()).contains("\n| `" + fault.token() + "` | ");
    }
}
