package dev.sallyport.model.role;

import static dev.sallyport.model.role.Asks.PEER;
import static dev.sallyport.model.role.Asks.connect;
import static dev.sallyport.model.role.Asks.origin;
import static dev.sallyport.model.role.Configs.cluster;
import static dev.sallyport.model.role.Configs.exact;
import static dev.sallyport.model.role.Configs.prefix;
import static dev.sallyport.model.role.Configs.reverse;
import static dev.sallyport.model.role.Configs.role;
import static dev.sallyport.model.role.Configs.route;
import static dev.sallyport.model.role.Configs.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.ReversePolicy;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReverseRoleTest {
    private static final ReversePolicy SHOP = new ReversePolicy(
            "shop/web",
            List.of("shop.example.com", "*.shop.example.com"),
            List.of("10.9.0.0/16"),
            List.of(
                    route("all", List.of(), to("shop/web:80", 1)),
                    route("api", List.of(prefix("/api")), to("shop/api:80", 1)),
                    route("health", List.of(exact("/api/health")), to("shop/health:80", 1))));

    private static final Role ROLE =
            role(reverse(SHOP, cluster("shop/web:80"), cluster("shop/api:80"), cluster("shop/health:80")));

    private static String rule(String path) {
        return ROLE.decide(origin("shop.example.com", path), PEER).rule();
    }

    @Test
    void takesTheMostSpecificRule() {
        assertThat(rule("/")).isEqualTo("all");
        assertThat(rule("/apix")).isEqualTo("all");
        assertThat(rule("/api")).isEqualTo("api");
        assertThat(rule("/api/")).isEqualTo("api");
        assertThat(rule("/api/x/y")).isEqualTo("api");
        assertThat(rule("/api/health")).isEqualTo("health");
        assertThat(rule("/api/health/")).isEqualTo("api");
    }

    @Test
    void servesItsHostsAlone() {
        assertThat(ROLE.decide(origin("a.b.SHOP.example.com.", "/"), PEER).rule())
                .isEqualTo("all");
        assertThat(ROLE.decide(origin("example.com", "/"), PEER))
                .isEqualTo(
                        new Verdict.Refuse(404, ProxyError.DESTINATION_NOT_FOUND, "", "This host is not served here."));
    }

    @Test
    void isNoForwardProxy() {
        assertThat(ROLE.decide(connect("shop.example.com", 443), PEER))
                .isInstanceOfSatisfying(
                        Verdict.Refuse.class,
                        refusal -> assertThat(refusal.status()).isEqualTo(405));
    }
}
