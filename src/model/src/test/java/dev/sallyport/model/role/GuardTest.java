package dev.sallyport.model.role;

import static dev.sallyport.model.role.Asks.PEER;
import static dev.sallyport.model.role.Asks.absolute;
import static dev.sallyport.model.role.Asks.connect;
import static dev.sallyport.model.role.Asks.get;
import static dev.sallyport.model.role.Configs.GUARDS;
import static dev.sallyport.model.role.Configs.allow;
import static dev.sallyport.model.role.Configs.deny;
import static dev.sallyport.model.role.Configs.forMethods;
import static dev.sallyport.model.role.Configs.forward;
import static dev.sallyport.model.role.Configs.listener;
import static dev.sallyport.model.role.Configs.policy;
import static dev.sallyport.model.role.Configs.reported;
import static dev.sallyport.model.role.Configs.role;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.ForwardPolicy;
import dev.sallyport.model.config.ForwardRule;
import dev.sallyport.model.config.Guards;
import dev.sallyport.model.config.Listener.Protocol;
import dev.sallyport.model.config.Mode;
import dev.sallyport.model.config.ReversePolicy;
import dev.sallyport.model.config.RoleKind;
import dev.sallyport.model.role.AddressPolicy.Guarded;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of the addresses that an allowed name resolves to. */
class GuardTest {
    private static final ForwardRule ALL = allow("all", "*");

    private static Guards guards(List<String> except, String... clusterRanges) {
        return new Guards(true, except, List.of(clusterRanges));
    }

    private static Guarded judge(Role role, Ask ask, String address, int port) {
        Verdict.To verdict = (Verdict.To) role.decide(ask, PEER);
        return verdict.addresses().judge(InetAddress.ofLiteral(address), port);
    }

    private static Guarded judge(ForwardPolicy policy, String address, int port) {
        return judge(
                role(forward(policy), bound -> 0, "10.244.3.7", "fd10::7"), get("name.example", 80), address, port);
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, loopback address",
        "::ffff:10.0.0.1, private address",
        "169.254.169.254, cloud metadata address",
        "64:ff9b::7f00:1, loopback address in NAT64 form",
        "fd00:ec2::254, cloud metadata address",
        "fe80::1%1, link-local address",
        "10.244.3.7, private address",
    })
    void guardsSpecialPurposeAddresses(String address, String reason) {
        assertThat(judge(policy(ALL), address, 80)).isEqualTo(new Guarded(reason, true));
    }

    @Test
    void letsTheInternetThrough() {
        assertThat(judge(policy(ALL), "1.1.1.1", 80)).isNull();
        assertThat(judge(policy(ALL), "2606:4700::1111", 443)).isNull();
        assertThat(judge(policy(ALL), "64:ff9b::1.1.1.1", 443)).isNull();
    }

    @Test
    void makesExceptionsOnTheirPorts() {
        ForwardPolicy policy = policy(
                Mode.ENFORCE,
                guards(List.of("10.1.2.3/32:8443", "192.168.0.0/16", "[fd12::/16]:443"), "192.168.7.0/24"),
                ALL);
        assertThat(judge(policy, "10.1.2.3", 8443)).isNull();
        assertThat(judge(policy, "::ffff:10.1.2.3", 8443)).isNull();
        assertThat(judge(policy, "10.1.2.3", 443)).isEqualTo(new Guarded("private address", true));
        assertThat(judge(policy, "10.1.2.4", 8443)).isEqualTo(new Guarded("private address", true));
        assertThat(judge(policy, "192.168.7.1", 1)).isNull();
        assertThat(judge(policy, "fd12::1", 443)).isNull();
        assertThat(judge(policy, "fd12::1", 80)).isEqualTo(new Guarded("private address", true));
        // An exception is for the address as it is dialled, not for what may hide in it.
        assertThat(judge(policy, "64:ff9b::192.168.0.1", 80))
                .isEqualTo(new Guarded("private address in NAT64 form", true));
    }

    @Test
    void guardsTheClusterWhateverItsRanges() {
        ForwardPolicy policy =
                policy(Mode.ENFORCE, new Guards(false, List.of(), List.of("34.118.0.0/16", "2600:1f00::/24")), ALL);
        Guarded expected = new Guarded("address of the cluster", true);
        assertThat(judge(policy, "34.118.224.1", 443)).isEqualTo(expected);
        assertThat(judge(policy, "2600:1f00:1::1", 443)).isEqualTo(expected);
        assertThat(judge(policy, "64:ff9b::34.118.224.1", 443)).isEqualTo(expected);
        assertThat(judge(policy, "2002:2276:e001::1", 443)).isEqualTo(expected);
        assertThat(judge(policy, "10.0.0.1", 443)).isNull();
    }

    @Test
    void neverComesBackToItself() {
        Guards open = new Guards(false, List.of("0.0.0.0/0", "::/0"), List.of());
        for (Mode mode : Mode.values()) {
            ForwardPolicy policy = policy(mode, open, ALL);
            Guarded loop = new Guarded("the relay itself", true);
            for (String address : List.of(
                    "127.0.0.1",
                    "127.8.8.8",
                    "::1",
                    "0.0.0.0",
                    "::",
                    "10.244.3.7",
                    "fd10::7",
                    "::ffff:10.244.3.7",
                    "64:ff9b::10.244.3.7",
                    "0.1.2.3")) {
                assertThat(judge(policy, address, 3128)).as(address).isEqualTo(loop);
                assertThat(judge(policy, address, 15_020)).as(address).isEqualTo(loop);
                assertThat(judge(policy, address, 8080)).as(address).isNull();
            }
            assertThat(judge(policy, "10.244.3.8", 3128)).isNull();
        }
    }

    @Test
    void reachesItsReverseSideWhereThatIsExcepted() {
        ForwardPolicy policy = policy(Mode.ENFORCE, guards(List.of("127.0.0.0/8")), ALL);
        ReversePolicy web = new ReversePolicy("shop/web", List.of(), List.of(), List.of());
        Role role = role(Configs.config(
                List.of(
                        listener("main", 3128, RoleKind.FORWARD, policy.name(), Protocol.HTTP),
                        listener("web", 8080, RoleKind.REVERSE, web.name(), Protocol.HTTP)),
                List.of(policy),
                List.of(web),
                List.of()));
        assertThat(judge(role, get("name.example", 80), "127.0.0.1", 8080)).isNull();
        assertThat(judge(role, get("name.example", 80), "127.0.0.1", 3128)).isNotNull();
    }

    @Test
    void guardsItsOwnPublicAddress() {
        Role role = role(forward(policy(ALL)), bound -> 0, "8.8.4.4");
        assertThat(judge(role, get("name.example", 80), "8.8.4.4", 22))
                .isEqualTo(new Guarded("address of the relay", true));
        assertThat(judge(role, get("name.example", 80), "8.8.8.8", 22)).isNull();
    }

    /** Report mode tries out rules, not the metadata service. */
    @Test
    void holdsInReportMode() {
        assertThat(judge(policy(Mode.REPORT, GUARDS, ALL), "169.254.169.254", 80))
                .isEqualTo(new Guarded("cloud metadata address", true));
        Role role = role(forward(policy(Mode.REPORT, GUARDS, ALL)));
        assertThat(role.decide(get("10.0.0.1", 80), PEER))
                .isInstanceOfSatisfying(
                        Verdict.Refuse.class,
                        refusal -> assertThat(refusal.error()).isEqualTo(ProxyError.DESTINATION_IP_PROHIBITED));
    }

    /** A name is no way around a deny of an address, nor is an exception. */
    @Test
    void letsTheDenyOfAnAddressWin() {
        ForwardPolicy policy = policy(
                Mode.ENFORCE,
                guards(List.of("192.168.0.0/16")),
                ALL,
                deny("printer", "192.168.1.5", "9.9.9.9:443", "[2620:fe::fe]"));
        Guarded denied = new Guarded("address denied by rule printer", true);
        assertThat(judge(policy, "192.168.1.5", 80)).isEqualTo(denied);
        assertThat(judge(policy, "::ffff:192.168.1.5", 80)).isEqualTo(denied);
        assertThat(judge(policy, "192.168.1.6", 80)).isNull();
        assertThat(judge(policy, "9.9.9.9", 443)).isEqualTo(denied);
        assertThat(judge(policy, "64:ff9b::9.9.9.9", 443)).isEqualTo(denied);
        assertThat(judge(policy, "9.9.9.9", 80)).isNull();
        assertThat(judge(policy, "2620:fe::fe", 1)).isEqualTo(denied);
    }

    @Test
    void recordsTheDenyOfAnAddressInReportMode() {
        assertThat(judge(policy(ALL, reported(deny("trial", "9.9.9.9"))), "9.9.9.9", 80))
                .isEqualTo(new Guarded("address denied by rule trial", false));
        assertThat(judge(policy(Mode.REPORT, GUARDS, ALL, deny("real", "9.9.9.9")), "9.9.9.9", 80))
                .isEqualTo(new Guarded("address denied by rule real", false));
        assertThat(judge(policy(ALL, reported(deny("trial", "10.0.0.1"))), "10.0.0.1", 80))
                .isEqualTo(new Guarded("private address", true));
    }

    @Test
    void tellsMethodsApartInTheDenyOfAnAddress() {
        Role role = role(forward(policy(
                allow("exact", "name.example"),
                forMethods(deny("no-posts", "9.9.9.9"), "POST"),
                forMethods(deny("no-tunnels", "8.8.8.8"), "CONNECT"))));
        assertThat(judge(role, get("name.example", 80), "9.9.9.9", 80)).isNull();
        assertThat(judge(role, absolute("POST", "name.example", 80), "9.9.9.9", 80))
                .isEqualTo(new Guarded("address denied by rule no-posts", true));
        assertThat(judge(role, get("name.example", 443), "8.8.8.8", 443)).isNull();
        assertThat(judge(role, connect("name.example", 443), "8.8.8.8", 443))
                .isEqualTo(new Guarded("address denied by rule no-tunnels", true));
    }
}
