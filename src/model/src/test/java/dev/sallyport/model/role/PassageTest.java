package dev.sallyport.model.role;

import static dev.sallyport.model.role.Asks.PEER;
import static dev.sallyport.model.role.Configs.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.Listener.Protocol;
import dev.sallyport.model.config.ReversePolicy;
import dev.sallyport.model.config.ReverseRule;
import dev.sallyport.model.config.RoleKind;
import dev.sallyport.model.request.Ascii;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where connections go that are passed through unread. */
class PassageTest {
    private static final Cluster DB = Configs.cluster("shop/db:5432");

    private static ReverseRule rule(String name, String... serverNames) {
        return new ReverseRule(
                name,
                "",
                List.of(),
                List.of(serverNames),
                List.of(to(DB.id(), 1)),
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ofMinutes(5),
                Duration.ofHours(1),
                new ReverseRule.Retry(3));
    }

    private static Role role(Protocol protocol, List<String> hostnames, ReverseRule... rules) throws Exception {
        return Roles.compile(
                        Configs.config(
                                List.of(Configs.listener("main", 8080, RoleKind.REVERSE, "shop/web", protocol)),
                                List.of(),
                                List.of(new ReversePolicy("shop/web", hostnames, List.of(), List.of(rules))),
                                List.of(DB)),
                        List.<InetAddress>of(),
                        bound -> 0)
                .get("main");
    }

    private static Verdict named(Role role, String serverName) {
        return role.decide(new Ask.ServerName(Ascii.of(serverName)), PEER);
    }

    @Test
    void sendsAllOfAListenerToItsRule() throws Exception {
        Verdict verdict =
                role(Protocol.TCP, List.of("shop.example"), rule("db")).decide(new Ask.Stream(), PEER);
        assertThat(verdict).isInstanceOfSatisfying(Verdict.To.class, to -> {
            assertThat(to.destination()).isEqualTo(new Destination.Cluster(DB.id()));
            assertThat(to.rule()).isEqualTo("db");
            assertThat(to.retries()).isEqualTo(3);
            assertThat(to.timeouts().connect()).isEqualTo(DB.connectTimeout());
            assertThat(to.timeouts().idle()).isEqualTo(Duration.ofMinutes(5));
            assertThat(to.timeouts().lifetime()).isEqualTo(Duration.ofHours(1));
        });
    }

    @Test
    void refusesWhatNoRuleIsFor() throws Exception {
        assertThat(role(Protocol.TCP, List.of()).decide(new Ask.Stream(), PEER)).isInstanceOf(Verdict.Refuse.class);
        assertThat(named(role(Protocol.TLS, List.of(), rule("shop", "shop.example")), "pay.example"))
                .isInstanceOf(Verdict.Refuse.class);
        assertThat(named(role(Protocol.TLS, List.of(), rule("shop", "shop.example")), ""))
                .isInstanceOf(Verdict.Refuse.class);
    }

    @ParameterizedTest
    @CsvSource({
        "shop.example, exact",
        "SHOP.example, exact",
        "a.shop.example, below",
        "b.a.shop.example, below",
        "c.b.a.shop.example, farther",
        "shop.example.com, rest",
        "'', rest",
    })
    void takesTheMostSpecificServerName(String serverName, String expected) throws Exception {
        Role role = role(
                Protocol.TLS,
                List.of(),
                rule("rest"),
                rule("below", "*.shop.example"),
                rule("exact", "other.example", "shop.example"),
                rule("farther", "*.b.a.shop.example"),
                rule("later", "shop.example"));
        assertThat(named(role, serverName).rule()).isEqualTo(expected);
    }

    @Test
    void servesItsHostsAlone() throws Exception {
        Role role = role(Protocol.TLS, List.of("*.shop.example"), rule("all"));
        assertThat(named(role, "pay.shop.example").rule()).isEqualTo("all");
        assertThat(named(role, "shop.example")).isInstanceOf(Verdict.Refuse.class);
        assertThat(named(role, "")).isInstanceOf(Verdict.Refuse.class);
    }

    @Test
    void isNothingThatAForwardProxyDoes() {
        Role role = Configs.role(Configs.forward(Configs.policy(Configs.allow("all", "*"))));
        assertThat(role.decide(new Ask.Stream(), PEER)).isInstanceOf(Verdict.Refuse.class);
        assertThat(named(role, "shop.example")).isInstanceOf(Verdict.Refuse.class);
    }
}
