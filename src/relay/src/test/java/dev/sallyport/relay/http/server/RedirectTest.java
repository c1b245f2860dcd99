package dev.sallyport.relay.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.ClientLimits;
import dev.sallyport.model.config.Listener;
import dev.sallyport.model.config.RelayConfig;
import dev.sallyport.model.config.RoleKind;
import dev.sallyport.model.config.SecretBundle;
import dev.sallyport.relay.Configs;
import dev.sallyport.relay.listen.Server;
import dev.sallyport.relay.record.Events;
import dev.sallyport.relay.record.Metrics;
import dev.sallyport.relay.record.Recording;
import dev.sallyport.relay.rig.Wire;
import dev.sallyport.relay.upstream.endpoints.Endpoints;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A listener whose requests are to be made over TLS, with the roles of a real configuration. */
class RedirectTest {
    private static RelayConfig redirecting() {
        RelayConfig config = Configs.reverse(1, 0, List.of(), Configs.empty(1).drain());
        Listener web = config.listeners().getFirst();
        return new RelayConfig(
                config.format(),
                config.sources(),
                config.loops(),
                config.admin(),
                List.of(new Listener(
                        web.name(),
                        web.address(),
                        0,
                        80,
                        RoleKind.REVERSE,
                        web.policy(),
                        web.protocols(),
                        new ClientLimits(16_384, 0, Duration.ofSeconds(10), Duration.ofSeconds(60)),
                        null,
                        null,
                        443)),
                config.forwards(),
                config.reverses(),
                config.clusters(),
                config.telemetry(),
                config.drain());
    }

    @Test
    void sendsRequestsOnAndKeepsTheConnection() throws Exception {
        Metrics metrics = new Metrics();
        try (Recording recording = Recording.toStream(metrics, OutputStream.nullOutputStream());
                Endpoints endpoints = new Endpoints(metrics, null)) {
            Server server =
                    Server.of(recording, new Events(OutputStream.nullOutputStream(), Clock.systemUTC()), endpoints);
            server.apply(redirecting(), SecretBundle.EMPTY);
            try (Wire client = Wire.to(server.addresses().get("web"))) {
                for (int i = 0; i < 2; i++) {
                    client.send("GET /a/../b?x=1 HTTP/1.1\r\nHost: shop.example\r\n\r\n");
                    Wire.Response response = client.readResponse();
                    assertThat(response.status()).isEqualTo(308);
                    assertThat(response.field("location")).isEqualTo("https://shop.example/b?x=1");
                    assertThat(response.field("proxy-status")).contains("proxy_internal_response");
                }
            } finally {
                server.drain(Duration.ZERO).join();
            }
        }
    }
}
