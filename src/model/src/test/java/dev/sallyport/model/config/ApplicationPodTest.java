package dev.sallyport.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.sallyport.model.config.EndpointSet.Application;
import dev.sallyport.model.config.EndpointSet.Endpoint;
import dev.sallyport.model.config.EndpointSet.Fixed;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ApplicationPodTest {
    private static final Cluster WEB = cluster("shop/web:80", "app=web");
    private static final Cluster CANARY = cluster("shop/canary:80", "app=web", "track=canary");
    private static final Cluster API = cluster("shop/api:80", "app=api");
    private static final Cluster NOBODY = cluster("shop/external:80");

    private static Cluster cluster(String id, String... selector) {
        return new Cluster(
                id,
                new Application(List.of(selector)),
                Cluster.Balancing.LEAST_REQUEST,
                Duration.ofSeconds(5),
                Duration.ofSeconds(1),
                Cluster.Protocol.H2C,
                null,
                OriginConnections.DEFAULT,
                CircuitBreaker.DEFAULT,
                HealthCheck.DEFAULT);
    }

    private static ReverseRule rule(String name, ReverseRule.Backend... backends) {
        return new ReverseRule(
                name,
                "",
                List.of(RouteMatch.ALL),
                List.of(backends),
                Duration.ofSeconds(10),
                Duration.ofSeconds(3),
                new ReverseRule.Retry(2));
    }

    private static ReverseRule.Backend to(Cluster cluster, int weight) {
        return new ReverseRule.Backend(cluster.id(), weight, "");
    }

    private static RelayConfig config(ReverseRule... rules) {
        return new RelayConfig(
                1,
                List.of(new Source("ReverseProxy", "shop", "web", 7)),
                1,
                new Admin("0.0.0.0", RelayPorts.SIDECAR_ADMIN),
                List.of(
                        new Listener(
                                "shop/egress/sidecar",
                                "127.0.0.1",
                                RelayPorts.SIDECAR_FORWARD,
                                RelayPorts.SIDECAR_FORWARD,
                                RoleKind.FORWARD,
                                "shop/egress",
                                List.of(Listener.Protocol.HTTP),
                                RelayConfigs.LIMITS),
                        new Listener(
                                "shop/web/sidecar",
                                "0.0.0.0",
                                0,
                                0,
                                RoleKind.REVERSE,
                                "shop/web",
                                List.of(Listener.Protocol.HTTP),
                                RelayConfigs.LIMITS)),
                List.of(),
                List.of(new ReversePolicy(
                        "shop/web", List.of("shop.example.com"), List.of("10.0.0.0/8"), false, List.of(rules))),
                List.of(WEB, CANARY, API, NOBODY),
                new Telemetry(Telemetry.AccessLog.JSON),
                new Drain(Duration.ZERO, Duration.ofSeconds(30)),
                "0123456789abcdef");
    }

    private static ApplicationPod pod(String labels, Inbound... inbound) {
        return new ApplicationPod(List.of(inbound), Set.of(labels.split(" ")));
    }

    @Test
    void aListenerAPolicyAndClustersStandBeforeEachPort() {
        RelayConfig config = config(rule("all", to(WEB, 1)));
        RelayConfig placed = pod("app=web", new Inbound(15_710, 8080), new Inbound(15_711, 9090))
                .place(config);
        assertThat(placed.listeners())
                .extracting(Listener::name, Listener::address, Listener::port, Listener::publicPort, Listener::policy)
                .containsExactly(
                        tuple("shop/egress/sidecar", "127.0.0.1", 15_728, 15_728, "shop/egress"),
                        tuple("shop/web/sidecar/8080", "0.0.0.0", 15_710, 8080, "shop/web/8080"),
                        tuple("shop/web/sidecar/9090", "0.0.0.0", 15_711, 9090, "shop/web/9090"));
        assertThat(placed.reverses()).extracting(ReversePolicy::name).containsExactly("shop/web/8080", "shop/web/9090");
        ReversePolicy second = placed.reverses().getLast();
        assertThat(second.hostnames()).containsExactly("shop.example.com");
        assertThat(second.trustedClients()).containsExactly("10.0.0.0/8");
        assertThat(second.trustsTraces()).isFalse();
        assertThat(second.rules()).containsExactly(rule("all", new ReverseRule.Backend("shop/web:80/9090", 1, "")));
        assertThat(placed.clusters())
                .containsExactly(
                        WEB.named("shop/web:80/8080").at(new Fixed(List.of(new Endpoint("127.0.0.1", 8080)))),
                        WEB.named("shop/web:80/9090").at(new Fixed(List.of(new Endpoint("127.0.0.1", 9090)))),
                        CANARY,
                        API,
                        NOBODY);
        assertThat(placed.secrets()).isEqualTo(config.secrets());
        assertThat(placed.drain()).isEqualTo(config.drain());
    }

    @Test
    void oneWayInKeepsTheNames() {
        RelayConfig placed = pod("app=web", new Inbound(15_710, 8080)).place(config(rule("all", to(WEB, 1))));
        assertThat(placed.listeners().getLast().name()).isEqualTo("shop/web/sidecar");
        assertThat(placed.listeners().getLast().policy()).isEqualTo("shop/web");
        assertThat(placed.reverses()).extracting(ReversePolicy::name).containsExactly("shop/web");
        assertThat(placed.clusters().getFirst()).isEqualTo(WEB.at(new Fixed(List.of(new Endpoint("127.0.0.1", 8080)))));
    }

    @Test
    void ofARuleThePodsOwnBackendsStayWhateverTheirWeight() {
        ReverseRule.Backend gone = new ReverseRule.Backend("", 1, "Service shop/gone does not exist");
        RelayConfig config = config(rule("split", to(API, 90), to(CANARY, 0), gone));
        assertThat(rules(pod("app=web track=canary", new Inbound(15_710, 8080)).place(config)))
                .containsExactly(rule("split", new ReverseRule.Backend("shop/canary:80", 1, "")));
    }

    @Test
    void aRuleForOthersStaysAndLeadsNowhere() {
        ReverseRule others = rule("others", to(API, 1), to(CANARY, 1));
        ReverseRule unselected = rule("unselected", to(NOBODY, 1));
        ReverseRule unresolved = rule("unresolved", new ReverseRule.Backend("", 1, "Service shop/gone does not exist"));
        RelayConfig config = config(others, unselected, unresolved);
        assertThat(rules(pod("app=web", new Inbound(15_710, 8080)).place(config)))
                .containsExactly(others, unselected, unresolved);
    }

    @Test
    void withoutAWayInNothingIsPlaced() {
        RelayConfig config = config(rule("all", to(WEB, 1)));
        assertThat(ApplicationPod.NONE.place(config)).isEqualTo(config);
    }

    @Test
    void redirectedConnectionsAreListenedForWhereTheyComeAlone() {
        RelayConfig config = config();
        var redirected = new Listener(
                "shop/egress/redirected",
                "127.0.0.1",
                RelayPorts.SIDECAR_TRANSPARENT,
                RelayPorts.SIDECAR_TRANSPARENT,
                RoleKind.FORWARD,
                "shop/egress",
                List.of(Listener.Protocol.TRANSPARENT),
                RelayConfigs.LIMITS);
        RelayConfig whole = new RelayConfig(
                config.format(),
                config.sources(),
                config.loops(),
                config.admin(),
                List.of(redirected),
                config.forwards(),
                config.reverses(),
                config.clusters(),
                config.telemetry(),
                config.drain());
        assertThat(ApplicationPod.NONE.place(whole).listeners()).isEmpty();
        assertThat(new ApplicationPod(List.of(), Set.of(), true).place(whole).listeners())
                .containsExactly(redirected);
    }

    @Test
    void twoWaysHaveNoPortInCommon() {
        assertThatThrownBy(() -> pod("app=web", new Inbound(15_710, 8080), new Inbound(15_710, 9090)))
                .hasMessageContaining("15710=9090");
        assertThatThrownBy(() -> pod("app=web", new Inbound(15_710, 8080), new Inbound(15_711, 8080)))
                .hasMessageContaining("15711=8080");
        assertThat(pod("app=web", new Inbound(0, 8080), new Inbound(0, 9090)).inbound())
                .hasSize(2);
        assertThatThrownBy(() -> pod("web", new Inbound(15_710, 8080))).hasMessageContaining("write app=web");
    }

    private static List<ReverseRule> rules(RelayConfig config) {
        return config.reverses().getFirst().rules();
    }
}
