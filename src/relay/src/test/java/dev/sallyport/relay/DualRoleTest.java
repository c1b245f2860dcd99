package dev.sallyport.relay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sallyport.model.config.Admin;
import dev.sallyport.model.config.ClientLimits;
import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.DisclosureMode;
import dev.sallyport.model.config.Drain;
import dev.sallyport.model.config.EndpointSet;
import dev.sallyport.model.config.ForwardPolicy;
import dev.sallyport.model.config.ForwardRule;
import dev.sallyport.model.config.Guards;
import dev.sallyport.model.config.Listener;
import dev.sallyport.model.config.Mode;
import dev.sallyport.model.config.RelayConfig;
import dev.sallyport.model.config.RelayConfigCodec;
import dev.sallyport.model.config.ReversePolicy;
import dev.sallyport.model.config.ReverseRule;
import dev.sallyport.model.config.RoleKind;
import dev.sallyport.model.config.RouteMatch;
import dev.sallyport.model.config.Source;
import dev.sallyport.model.config.Telemetry;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A relay in the pod of an application: one process for two policies, of which each is in a directory of its own. */
@Timeout(180)
class DualRoleTest {
    private static final String IN = "shop/web/sidecar";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String OUT = "shop/egress/sidecar";
    private static final ClientLimits LIMITS =
            new ClientLimits(16_384, 0, Duration.ofSeconds(10), Duration.ofSeconds(60));

    @TempDir
    Path egress;

    @TempDir
    Path ingress;

    private Origin application;
    private Origin internet;
    private RelayProcess relay;
    private JsonNode listeners;

    @BeforeEach
    void start() throws IOException {
        application = Origin.scripted((wire, number) -> {
            while (wire.hasNext()) {
                String head = wire.readHead();
                if (head.startsWith("GET /flaky ") && number == 0) {
                    return;
                }
                answer(wire, "application", head);
            }
        });
        internet = Origin.scripted((wire, number) -> {
            while (wire.hasNext()) {
                answer(wire, "internet", wire.readHead());
            }
        });
        relay = new RelayProcess(
                "--config",
                egress.toString(),
                "--config",
                ingress.toString(),
                "--admin",
                "127.0.0.1:0",
                "--inbound",
                "0=" + application.endpoint().port(),
                "--label",
                "app=web");
    }

    @AfterEach
    void end() {
        relay.close();
        internet.close();
        application.close();
    }

    private static void answer(Wire wire, String who, String head) {
        if (head.contains("Upgrade: websocket")) {
            wire.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
            while (wire.hasNext()) {
                wire.send(wire.read(1));
            }
        } else {
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + who.length() + "\r\n\r\n" + who);
        }
    }

    private static RelayConfig part(
            Source source,
            Listener listener,
            List<ForwardPolicy> forwards,
            List<ReversePolicy> reverses,
            List<Cluster> clusters) {
        return new RelayConfig(
                RelayConfigCodec.FORMAT,
                List.of(source),
                1,
                new Admin("127.0.0.1", 0),
                List.of(listener),
                forwards,
                reverses,
                clusters,
                new Telemetry(Telemetry.AccessLog.JSON),
                new Drain(Duration.ZERO, Duration.ofSeconds(5)));
    }

    private static Listener listener(String policy, RoleKind role, Listener.Protocol... protocols) {
        return new Listener(policy + "/sidecar", "127.0.0.1", 0, 0, role, policy, List.of(protocols), LIMITS);
    }

    private RelayConfig egress(long generation, String... hosts) {
        return part(
                new Source("ForwardProxy", "shop", "egress", generation),
                listener("shop/egress", RoleKind.FORWARD, Listener.Protocol.HTTP, Listener.Protocol.CONNECT),
                List.of(new ForwardPolicy(
                        "shop/egress",
                        Mode.ENFORCE,
                        List.of(),
                        List.of(new ForwardRule(
                                "allow[0]",
                                ForwardRule.Action.ALLOW,
                                Mode.ENFORCE,
                                List.of(hosts),
                                List.of(internet.endpoint().port()),
                                List.of(),
                                "")),
                        new Guards(true, List.of("127.0.0.0/8"), List.of()),
                        List.of(internet.endpoint().port()),
                        DisclosureMode.ANONYMOUS,
                        Duration.ofSeconds(5),
                        Duration.ZERO,
                        Duration.ofMinutes(5),
                        Duration.ZERO)),
                List.of(),
                List.of());
    }

    private static Cluster service(String name) {
        return new Cluster(
                "shop/" + name + ":80",
                new EndpointSet.Application(List.of("app=" + name)),
                Cluster.Balancing.LEAST_REQUEST,
                Duration.ofSeconds(5));
    }

    private static ReverseRule rule(String name, String path, String service) {
        return new ReverseRule(
                name,
                "",
                List.of(new RouteMatch(new RouteMatch.Path(RouteMatch.Path.Type.PREFIX, path), "", List.of())),
                List.of(new ReverseRule.Backend("shop/" + service + ":80", 1, "")),
                Duration.ofSeconds(20),
                Duration.ZERO,
                new ReverseRule.Retry(1));
    }

    private static RelayConfig ingress(long generation, String hostname) {
        return part(
                new Source("ReverseProxy", "shop", "web", generation),
                listener("shop/web", RoleKind.REVERSE, Listener.Protocol.HTTP),
                List.of(),
                List.of(new ReversePolicy(
                        "shop/web",
                        List.of(hostname),
                        List.of(),
                        List.of(rule("all", "/", "web"), rule("api", "/api", "api")))),
                List.of(service("web"), service("api")));
    }

    private static String deliver(Path directory, byte[] json) throws IOException {
        Path next = Files.write(directory.resolve("next"), json);
        Files.move(next, directory.resolve(RelayConfigCodec.FILE), StandardCopyOption.ATOMIC_MOVE);
        return RelayConfigCodec.hash(json);
    }

    private static String deliver(Path directory, RelayConfig config) throws IOException {
        return deliver(directory, RelayConfigCodec.write(config));
    }

    private void ready() throws Exception {
        deliver(egress, egress(1, "127.0.0.1"));
        deliver(ingress, ingress(1, "shop.example.com"));
        listeners = relay.event("ready").get("listeners");
    }

    private Wire to(String listener) throws IOException {
        String address = listeners.get(listener).asText();
        int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        return Wire.to(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    private Wire.Response ask(String listener, String request) throws IOException {
        try (Wire wire = to(listener)) {
            return wire.send(request).readResponse();
        }
    }

    private Wire.Response get(String host, String path) throws IOException {
        return ask(IN, "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    }

    private Wire.Response fetch(String url) throws IOException {
        return ask(OUT, "GET " + url + " HTTP/1.1\r\nHost: h\r\n\r\n");
    }

    private String url() {
        return "http://" + internet.authority() + "/";
    }

    private JsonNode parts() throws Exception {
        return JSON.readTree(relay.admin("/config").body()).get("parts");
    }

    @Test
    void isReadyWhenBothAreServedAndTellsOfEach() throws Exception {
        String out = deliver(egress, egress(3, "127.0.0.1"));
        assertThat(relay.event("config-served").get("hash").asText()).isEqualTo(out);
        assertThat(relay.admin("/readyz").statusCode()).isEqualTo(503);
        assertThat(parts().get(1).has("hash")).isFalse();

        String in = deliver(ingress, ingress(7, "shop.example.com"));
        relay.event("ready");
        assertThat(relay.admin("/readyz").statusCode()).isEqualTo(200);
        assertThat(parts().get(0).get("hash").asText()).isEqualTo(out);
        assertThat(parts().get(0).get("generation").asLong()).isEqualTo(3);
        assertThat(parts().get(1).get("hash").asText()).isEqualTo(in);
        assertThat(parts().get(1).get("generation").asLong()).isEqualTo(7);
        assertThat(relay.admin("/metrics").body())
                .contains("sallyport_config_info{hash=\"" + in + "\"} 1\n")
                .contains("sallyport_config_info{hash=\"" + out + "\"} 1\n")
                .contains("sallyport_config_generation{kind=\"ReverseProxy\",namespace=\"shop\",name=\"web\"} 7\n");
    }

    @Test
    void whatComesInIsJudgedByTheOnePolicyAndWhatGoesOutByTheOther() throws Exception {
        ready();
        assertThat(get("shop.example.com", "/").body()).isEqualTo("application");
        assertThat(get("other.example.com", "/").status()).isEqualTo(404);
        Wire.Response others = get("shop.example.com", "/api/x");
        assertThat(others.status()).isEqualTo(421);
        assertThat(others.field("proxy-status")).contains("api");

        assertThat(fetch(url()).body()).isEqualTo("internet");
        Wire.Response denied = fetch("http://denied.example.com/");
        assertThat(denied.status()).isEqualTo(403);
        Await.passes(
                "each is recorded with its role and its rule",
                () -> assertThat(relay.accessLog())
                        .extracting(line -> line.path("role").asText() + " "
                                + line.path("policy").asText() + " "
                                + line.path("rule").asText() + " "
                                + line.path("status").asInt())
                        .containsExactlyInAnyOrder(
                                "reverse shop/web all 200",
                                "reverse shop/web  404",
                                "reverse shop/web api 421",
                                "forward shop/egress allow[0] 200",
                                "forward shop/egress  403"));
    }

    @Test
    void aTryThatFailedIsRepeated() throws Exception {
        ready();
        assertThat(get("shop.example.com", "/").body()).isEqualTo("application");
        assertThat(get("shop.example.com", "/flaky").body()).isEqualTo("application");
        assertThat(application.accepted())
                .as("the connection that was kept broke")
                .isEqualTo(2);
        Await.passes(
                "the record tells",
                () -> assertThat(relay.accessLog().getLast().path("retries").asInt())
                        .isEqualTo(1));
    }

    @Test
    void noFormOfARequestMakesOneRoleTheOther() throws Exception {
        ready();
        String origin = internet.authority();
        assertThat(ask(IN, "CONNECT " + origin + " HTTP/1.1\r\nHost: " + origin + "\r\n\r\n")
                        .status())
                .isEqualTo(405);
        assertThat(ask(IN, "GET " + url() + " HTTP/1.1\r\nHost: " + origin + "\r\n\r\n")
                        .status())
                .isEqualTo(404);
        assertThat(ask(OUT, "GET / HTTP/1.1\r\nHost: shop.example.com\r\n\r\n").status())
                .isBetween(400, 499);
        assertThat(internet.accepted()).isZero();
        assertThat(application.accepted()).isZero();
    }

    @Test
    void aBadOneKeepsWhatIsServedOfItAndIsNotInTheWayOfTheOther() throws Exception {
        ready();
        String before = parts().get(1).get("hash").asText();
        String bad = deliver(ingress, "{".getBytes(StandardCharsets.UTF_8));
        Await.until("it is refused", () -> parts().get(1).has("error"));
        assertThat(parts().get(1).get("hash").asText()).isEqualTo(before);
        assertThat(parts().get(1).get("refused").asText()).isEqualTo(bad);
        assertThat(parts().get(0).has("error")).isFalse();

        String next = deliver(egress, egress(2, "elsewhere.example.com"));
        Await.until(
                "the other follows", () -> parts().get(0).get("hash").asText().equals(next));
        assertThat(fetch(url()).status()).isEqualTo(403);
        assertThat(get("shop.example.com", "/").body()).isEqualTo("application");
        assertThat(relay.admin("/readyz").statusCode()).isEqualTo(200);
    }

    @Test
    void aChangeOfOneTouchesNoConnectionOfTheOther() throws Exception {
        ready();
        String upgrade = " HTTP/1.1\r\nHost: shop.example.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
        try (Wire kept = to(IN);
                Wire chat = to(IN);
                Wire tunnel = to(OUT)) {
            String request = "GET / HTTP/1.1\r\nHost: shop.example.com\r\n\r\n";
            assertThat(kept.send(request).readResponse().body()).isEqualTo("application");
            assertThat(chat.send("GET /" + upgrade).readHead()).startsWith("HTTP/1.1 101 ");
            tunnel.send("CONNECT " + internet.authority() + " HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(tunnel.readHead()).startsWith("HTTP/1.1 200 ");
            assertThat(tunnel.send("GET /" + upgrade).readHead()).startsWith("HTTP/1.1 101 ");
            assertThat(kept.send(request).readResponse().body()).isEqualTo("application");
            int connections = application.accepted();

            String out = deliver(egress, egress(2, "elsewhere.example.com"));
            Await.until(
                    "the egress is followed",
                    () -> parts().get(0).get("hash").asText().equals(out));
            assertThat(kept.send(request).readResponse().body()).isEqualTo("application");
            assertThat(chat.send("c").read(1)).isEqualTo("c");
            assertThat(application.accepted())
                    .as("not even the pool was touched")
                    .isEqualTo(connections);

            String in = deliver(ingress, ingress(2, "other.example.com"));
            Await.until(
                    "the ingress is followed",
                    () -> parts().get(1).get("hash").asText().equals(in));
            assertThat(get("shop.example.com", "/").status()).isEqualTo(404);
            assertThat(tunnel.send("t").read(1)).isEqualTo("t");
        }
    }
}
