package dev.sallyport.model.role;

import static dev.sallyport.model.role.Asks.PEER;
import static dev.sallyport.model.role.Asks.redirected;
import static dev.sallyport.model.role.Configs.allow;
import static dev.sallyport.model.role.Configs.deny;
import static dev.sallyport.model.role.Configs.forMethods;
import static dev.sallyport.model.role.Configs.onPorts;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.ForwardPolicy;
import dev.sallyport.model.config.ForwardRule;
import dev.sallyport.model.config.Guards;
import dev.sallyport.model.config.Listener.Protocol;
import dev.sallyport.model.config.Mode;
import dev.sallyport.model.config.RoleKind;
import dev.sallyport.model.request.Ascii;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of connections that were redirected. */
class TransparentRoleTest {
    private static final String ADDRESS = "93.184.216.34";

    private static Role role(ForwardPolicy policy) {
        return Configs.role(
                Configs.config(
                        List.of(Configs.listener(
                                "main", 15_701, RoleKind.FORWARD, policy.name(), Protocol.TRANSPARENT)),
                        List.of(policy),
                        List.of(),
                        List.of()),
                bound -> 0,
                "10.1.0.7");
    }

    private static Role role(ForwardRule... rules) {
        return role(Configs.policy(rules));
    }

    private static Ask http(String method, String host, int port, String scheme, Ask.OriginalDestination original) {
        return new Asks.RedirectedAsk(Asks.request(method, host, port, "/", Map.of()), false, scheme, original);
    }

    private static Ask get(String host, int port, int originalPort) {
        return http("GET", host, port, "http", redirected(ADDRESS, originalPort));
    }

    private static void assertGoes(Verdict verdict, String host, int port) {
        assertThat(verdict).isInstanceOfSatisfying(Verdict.To.class, to -> {
            assertThat(to.destination()).isEqualTo(new Destination.Named(host, port));
            assertThat(to.overlooked()).isNull();
        });
    }

    private static void assertRefused(Verdict verdict, int status, String detail) {
        assertThat(verdict).isInstanceOfSatisfying(Verdict.Refuse.class, refuse -> {
            assertThat(refuse.status()).isEqualTo(status);
            assertThat(refuse.detail()).contains(detail);
        });
    }

    @Test
    void tracesAsItsPolicySays() {
        ForwardPolicy anonymous = Configs.policy(allow("all", "*"));
        assertThat(role(anonymous).tracing()).isEqualTo(Tracing.CONTINUE);
        assertThat(role(Configs.transparent(anonymous)).tracing()).isEqualTo(Tracing.BEGIN);
    }

    @Test
    void sendsTlsToTheNameAndNotToTheAddress() {
        Role role = role(allow("shop", "shop.example", "*.shop.example:8443"));
        assertGoes(role.decide(redirected(ADDRESS, 443, "shop.example"), PEER), "shop.example", 443);
        assertGoes(role.decide(redirected(ADDRESS, 443, "shop.example."), PEER), "shop.example", 443);
        assertGoes(role.decide(redirected(ADDRESS, 8443, "a.shop.example"), PEER), "a.shop.example", 8443);
        assertRefused(role.decide(redirected(ADDRESS, 8443, "shop.example"), PEER), 403, "on port 443");
        assertRefused(role.decide(redirected(ADDRESS, 443, "pay.example"), PEER), 403, "pay.example:443");
    }

    @Test
    void doesNotTakeAnAllowedAddressForADeniedName() {
        Role role = role(allow("address", ADDRESS), deny("pay", "pay.example"));
        assertRefused(role.decide(redirected(ADDRESS, 443, "pay.example"), PEER), 403, "Rule pay");
        assertRefused(role.decide(redirected(ADDRESS, 443, "other.example"), PEER), 403, "No rule allows");
        assertRefused(role.decide(get("other.example", -1, 80), PEER), 403, "No rule allows");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "93.184.216.34", "10.0.0.1"})
    void judgesWhatHasNoNameByItsAddress(String serverName) {
        Role named = role(allow("all names", "*.example", "shop.example"));
        assertRefused(named.decide(redirected(ADDRESS, 443, serverName), PEER), 403, "No rule allows " + ADDRESS);
        Role role = role(allow("address", ADDRESS));
        assertGoes(role.decide(redirected(ADDRESS, 443, serverName), PEER), ADDRESS, 443);
        assertGoes(role.decide(redirected(ADDRESS, 443), PEER), ADDRESS, 443);
        assertRefused(role.decide(redirected(ADDRESS, 5432), PEER), 403, "No rule allows " + ADDRESS + ":5432");
    }

    @Test
    void judgesAddressesOfBothFamilies() {
        Role role = role(allow("addresses", "[2606:2800:220::1]:5432", ADDRESS + ":5432"));
        assertGoes(role.decide(redirected("2606:2800:220::1", 5432), PEER), "2606:2800:220::1", 5432);
        assertGoes(role.decide(redirected("::ffff:" + ADDRESS, 5432), PEER), ADDRESS, 5432);
        assertRefused(role.decide(redirected("2606:2800:220::2", 5432), PEER), 403, "[2606:2800:220::2]:5432");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a..example", "a:b", "1.2.3", "0x7f000001", "."})
    void refusesAServerNameThatNoNameIs(String serverName) {
        assertRefused(role(allow("all", "*")).decide(redirected(ADDRESS, 443, serverName), PEER), 400, "malformed");
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.7, private",
        "169.254.169.254, metadata",
        "127.0.0.1, loopback",
        "100.64.0.1, shared",
        "::1, loopback"
    })
    void guardsAddresses(String address, String why) {
        Role role = role(allow("all", "*"));
        Verdict verdict = role.decide(redirected(address, 443), PEER);
        assertRefused(verdict, 403, why);
        assertThat(((Verdict.Refuse) verdict).error()).isEqualTo(ProxyError.DESTINATION_IP_PROHIBITED);
    }

    @Test
    void makesExceptionsAsForTunnels() {
        Guards except = new Guards(true, List.of("10.0.0.0/24:5432"), List.of());
        Role role = role(Configs.policy(Mode.ENFORCE, except, onPorts(allow("db", "10.0.0.7"), 5432, 5433)));
        assertGoes(role.decide(redirected("10.0.0.7", 5432), PEER), "10.0.0.7", 5432);
        assertRefused(role.decide(redirected("10.0.0.7", 5433), PEER), 403, "private");
    }

    @Test
    void neverComesBackToTheRelay() {
        Guards none = new Guards(false, List.of("0.0.0.0/0", "::/0"), List.of());
        Role role = role(Configs.policy(Mode.REPORT, none, onPorts(allow("all", "*"), 15_701)));
        for (String own : List.of("127.0.0.1", "::1", "10.1.0.7", "0.0.0.0")) {
            assertRefused(role.decide(redirected(own, 15_701), PEER), 403, "the relay itself");
        }
    }

    @Test
    void judgesTunnelsByTheMethodConnect() {
        Role role = role(forMethods(allow("read", "shop.example"), "GET"));
        assertGoes(role.decide(get("shop.example", -1, 80), PEER), "shop.example", 80);
        assertRefused(role.decide(redirected(ADDRESS, 80, "shop.example"), PEER), 403, "for GET");
    }

    @Test
    void judgesRequestsByHostAndOriginalPort() {
        Role role = role(allow("shop", "shop.example", "shop.example:8080"));
        assertGoes(role.decide(get("shop.example", -1, 80), PEER), "shop.example", 80);
        assertGoes(role.decide(get("Shop.Example", 80, 80), PEER), "shop.example", 80);
        assertGoes(role.decide(get("shop.example", -1, 8080), PEER), "shop.example", 8080);
        assertGoes(role.decide(get("shop.example", 8080, 8080), PEER), "shop.example", 8080);
        assertRefused(role.decide(get("pay.example", -1, 80), PEER), 403, "No rule allows pay.example:80");
        assertRefused(
                role.decide(get("shop.example", 80, 8080), PEER),
                421,
                "The request is for port 80, and its connection was going to port 8080.");
    }

    @Test
    void judgesRequestsWithoutHostByTheAddress() {
        assertGoes(role(allow("address", ADDRESS)).decide(get("", -1, 80), PEER), ADDRESS, 80);
        assertRefused(
                role(allow("shop", "shop.example")).decide(get("", -1, 80), PEER), 403, "No rule allows " + ADDRESS);
    }

    @Test
    void takesTheAbsoluteFormAsAnOriginDoes() {
        Role role = role(allow("shop", "shop.example"));
        Ask absolute = new Asks.RedirectedAsk(
                Asks.request("GET", "shop.example", -1, "/", Map.of()), true, "http", redirected(ADDRESS, 80));
        assertGoes(role.decide(absolute, PEER), "shop.example", 80);
        Ask https = http("GET", "shop.example", -1, "https", redirected(ADDRESS, 443));
        assertRefused(role.decide(https, PEER), 421, "http URLs");
    }

    @Test
    void isNoExplicitProxy() {
        Role role = role(allow("all", "*"));
        assertRefused(role.decide(Asks.connect("shop.example", 443), PEER), 405, "tunnels");
        assertRefused(role.decide(Asks.get("shop.example", 80), PEER), 403, "was not");
        assertRefused(role.decide(new Ask.Stream(), PEER), 403, "was not");
        assertRefused(role.decide(new Ask.ServerName(Ascii.of("shop.example")), PEER), 403, "was not");
    }

    @Test
    void isWhatNoOtherRoleDoes() {
        Role explicit = Configs.role(Configs.forward(Configs.policy(allow("all", "*"))));
        assertThat(explicit.decide(redirected(ADDRESS, 443, "shop.example"), PEER))
                .isInstanceOf(Verdict.Refuse.class);
        assertRefused(explicit.decide(get("shop.example", -1, 80), PEER), 400, "forward proxy");
    }

    @Test
    void servesItsClientsAlone() {
        Role role = role(Configs.forClients(Configs.policy(allow("all", "*")), "10.9.0.0/16"));
        assertRefused(role.decide(redirected(ADDRESS, 443, "shop.example"), PEER), 403, "not among the clients");
    }

    @Test
    void tellsWhatReportModeOverlooks() {
        Role role = role(Configs.policy(Mode.REPORT, Configs.GUARDS, allow("shop", "shop.example")));
        assertThat(role.decide(redirected(ADDRESS, 5432), PEER)).isInstanceOfSatisfying(Verdict.To.class, to -> {
            assertThat(to.destination()).isEqualTo(new Destination.Named(ADDRESS, 5432));
            assertThat(to.overlooked()).isNotNull();
        });
    }
}
