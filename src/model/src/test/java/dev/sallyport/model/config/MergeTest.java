package dev.sallyport.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class MergeTest {
    private static RelayConfig web(String name, String address, int port, Cluster... clusters) {
        return new RelayConfig(
                1,
                List.of(new Source("ReverseProxy", "shop", name, 1)),
                1,
                new Admin("127.0.0.1", 0),
                List.of(new Listener(
                        "shop/" + name + "/http",
                        address,
                        port,
                        port,
                        RoleKind.REVERSE,
                        "shop/" + name,
                        List.of(Listener.Protocol.HTTP),
                        RelayConfigs.LIMITS)),
                List.of(),
                List.of(new ReversePolicy(
                        "shop/" + name,
                        List.of(),
                        List.of(),
                        List.of(new ReverseRule(
                                "all",
                                "",
                                List.of(),
                                List.of(new ReverseRule.Backend("shop/web:80", 1, "")),
                                Duration.ZERO,
                                Duration.ZERO,
                                new ReverseRule.Retry(0))))),
                List.of(clusters),
                new Telemetry(Telemetry.AccessLog.NONE),
                new Drain(Duration.ofSeconds(1), Duration.ofSeconds(9)));
    }

    private static Cluster cluster(Cluster.Balancing balancing) {
        return new Cluster(
                "shop/web:80",
                new EndpointSet.Fixed(List.of(new EndpointSet.Endpoint("10.0.0.1", 80))),
                balancing,
                Duration.ofSeconds(1));
    }

    @Test
    void leavesOneAsItIs() throws InvalidConfigException {
        assertThat(RelayConfig.merge(List.of(RelayConfigs.whole()))).isEqualTo(RelayConfigs.whole());
    }

    @Test
    void putsPartsSideBySide() throws InvalidConfigException {
        RelayConfig a = web("a", "127.0.0.1", 8080, cluster(Cluster.Balancing.ROUND_ROBIN));
        RelayConfig b = web("b", "127.0.0.1", 8081, cluster(Cluster.Balancing.ROUND_ROBIN));
        RelayConfig whole = RelayConfig.merge(List.of(a, b));
        assertThat(whole.sources()).extracting(Source::name).containsExactly("a", "b");
        assertThat(whole.listeners()).extracting(Listener::port).containsExactly(8080, 8081);
        assertThat(whole.reverses()).extracting(ReversePolicy::name).containsExactly("shop/a", "shop/b");
        assertThat(whole.clusters()).containsExactly(cluster(Cluster.Balancing.ROUND_ROBIN));
    }

    @Test
    void keepsClustersApartThatDiffer() throws InvalidConfigException {
        RelayConfig a = web("a", "127.0.0.1", 8080, cluster(Cluster.Balancing.ROUND_ROBIN));
        RelayConfig b = web("b", "127.0.0.1", 8081, cluster(Cluster.Balancing.LEAST_REQUEST));
        RelayConfig whole = RelayConfig.merge(List.of(a, b));
        assertThat(whole.clusters())
                .extracting(Cluster::id)
                .containsExactly("shop/web:80", "shop/web:80 of ReverseProxy shop/b");
        assertThat(whole.reverses())
                .extracting(policy ->
                        policy.rules().getFirst().backends().getFirst().cluster())
                .containsExactly("shop/web:80", "shop/web:80 of ReverseProxy shop/b");
    }

    @Test
    void takesTheMostThatAnyAsksFor() throws InvalidConfigException {
        RelayConfig a = web("a", "127.0.0.1", 8080, cluster(Cluster.Balancing.ROUND_ROBIN));
        RelayConfig b = new RelayConfig(
                1,
                List.of(),
                0,
                a.admin(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                new Telemetry(Telemetry.AccessLog.JSON),
                new Drain(Duration.ofSeconds(5), Duration.ofSeconds(2)));
        RelayConfig whole = RelayConfig.merge(List.of(a, b));
        assertThat(whole.loops()).isZero();
        assertThat(whole.telemetry().accessLog()).isEqualTo(Telemetry.AccessLog.JSON);
        assertThat(whole.drain()).isEqualTo(new Drain(Duration.ofSeconds(5), Duration.ofSeconds(9)));
    }

    @Test
    void namesBothWhoClaimOnePort() {
        for (String other : List.of("127.0.0.1", "0.0.0.0", "::")) {
            assertThatThrownBy(() -> RelayConfig.merge(List.of(web("a", "127.0.0.1", 8080), web("b", other, 8080))))
                    .isInstanceOf(InvalidConfigException.class)
                    .hasMessage("listeners: port 8080 is claimed by listener shop/a/http of ReverseProxy shop/a"
                            + " and by listener shop/b/http of ReverseProxy shop/b");
        }
    }

    @Test
    void letsAddressesShareAPort() throws InvalidConfigException {
        assertThat(RelayConfig.merge(List.of(web("a", "127.0.0.1", 8080), web("b", "127.0.0.2", 8080)))
                        .listeners())
                .hasSize(2);
        assertThat(RelayConfig.merge(List.of(web("a", "0.0.0.0", 0), web("b", "0.0.0.0", 0)))
                        .listeners())
                .hasSize(2);
    }

    @Test
    void namesBothWhoClaimOneName() {
        assertThatThrownBy(() -> RelayConfig.merge(List.of(web("a", "127.0.0.1", 8080), web("a", "127.0.0.1", 8081))))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessage(
                        "reverses: reverse policy shop/a is claimed by ReverseProxy shop/a and by ReverseProxy shop/a");
    }

    @Test
    void needsSomethingToServe() {
        assertThatThrownBy(() -> RelayConfig.merge(List.of())).hasMessage("configuration: there is nothing to serve");
    }
}
