package dev.sallyport.model.role;

import static dev.sallyport.model.role.Asks.PEER;
import static dev.sallyport.model.role.Asks.absolute;
import static dev.sallyport.model.role.Asks.connect;
import static dev.sallyport.model.role.Asks.get;
import static dev.sallyport.model.role.Asks.origin;
import static dev.sallyport.model.role.Asks.peer;
import static dev.sallyport.model.role.Configs.GUARDS;
import static dev.sallyport.model.role.Configs.allow;
import static dev.sallyport.model.role.Configs.config;
import static dev.sallyport.model.role.Configs.deny;
import static dev.sallyport.model.role.Configs.forClients;
import static dev.sallyport.model.role.Configs.forMethods;
import static dev.sallyport.model.role.Configs.forward;
import static dev.sallyport.model.role.Configs.listener;
import static dev.sallyport.model.role.Configs.onPorts;
import static dev.sallyport.model.role.Configs.policy;
import static dev.sallyport.model.role.Configs.reported;
import static dev.sallyport.model.role.Configs.role;
import static dev.sallyport.model.role.Configs.unresolved;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.Allocation;
import dev.sallyport.model.config.ForwardPolicy;
import dev.sallyport.model.config.ForwardRule;
import dev.sallyport.model.config.ForwardRule.Action;
import dev.sallyport.model.config.Guards;
import dev.sallyport.model.config.Listener.Protocol;
import dev.sallyport.model.config.Mode;
import dev.sallyport.model.config.RoleKind;
import dev.sallyport.model.name.HostPattern;
import dev.sallyport.model.request.Ascii;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardRoleTest {
    private static Verdict.Refuse refused(Role role, Ask ask) {
        assertThat(role.decide(ask, PEER)).isInstanceOf(Verdict.Refuse.class);
        return (Verdict.Refuse) role.decide(ask, PEER);
    }

    private static Verdict.To passed(Role role, Ask ask) {
        assertThat(role.decide(ask, PEER)).isInstanceOf(Verdict.To.class);
        return (Verdict.To) role.decide(ask, PEER);
    }

    private static Role of(ForwardRule... rules) {
        return role(forward(policy(rules)));
    }

    private static Verdict.Refuse denial(String rule, String detail) {
        return new Verdict.Refuse(403, ProxyError.HTTP_REQUEST_DENIED, rule, detail);
    }

    @Test
    void goesWhereARuleAllows() {
        Role role = of(allow("allow[0]", "api.stripe.com", "*.githubusercontent.com:8443"));
        assertThat(passed(role, connect("API.Stripe.com.", 443)).destination())
                .isEqualTo(new Destination.Named("api.stripe.com", 443));
        assertThat(passed(role, get("api.stripe.com", -1)).destination())
                .isEqualTo(new Destination.Named("api.stripe.com", 80));
        assertThat(passed(role, connect("Raw.githubusercontent.com", 8443)).destination())
                .isEqualTo(new Destination.Named("raw.githubusercontent.com", 8443));
        assertThat(passed(role, connect("raw.githubusercontent.com", 8443)).rule())
                .isEqualTo("allow[0]");
    }

    @Test
    void tellsThePolicyInItsVerdicts() {
        ForwardPolicy anonymous = policy(allow("a", "example.com"));
        Verdict.To verdict = passed(role(forward(anonymous)), get("example.com", 80));
        assertThat(verdict.disclosure()).isEqualTo(new Disclosure(Disclosure.Forwarding.REMOVE, false, false));
        assertThat(verdict.timeouts())
                .isEqualTo(new Timeouts(
                        Duration.ofSeconds(5), Duration.ZERO, Duration.ZERO, Duration.ofMinutes(5), Duration.ZERO));
        assertThat(verdict.retries()).isZero();
        assertThat(verdict.overlooked()).isNull();

        ForwardPolicy transparent = Configs.transparent(anonymous);
        assertThat(passed(role(forward(transparent)), get("example.com", 80)).disclosure())
                .isEqualTo(new Disclosure(Disclosure.Forwarding.REPLACE, true, true));

        assertThat(role(forward(anonymous)).tracing()).isEqualTo(Tracing.CONTINUE);
        assertThat(role(forward(transparent)).tracing()).isEqualTo(Tracing.BEGIN);
    }

    @Test
    void deniesWhatNoRuleAllowsAndSaysSo() {
        Role role = of(
                allow("web", "example.com"),
                forMethods(allow("reading", "read.example"), "GET", "HEAD"),
                reported(allow("trial", "trial.example")),
                unresolved(allow("broken", "broken.example")));
        assertThat(refused(role, get("example.org", 80))).isEqualTo(denial("", "No rule allows example.org:80."));
        assertThat(refused(role, connect("2001:DB8::1", 443)))
                .isEqualTo(denial("", "No rule allows [2001:db8::1]:443."));
        assertThat(refused(role, get("example.com", 8080)))
                .isEqualTo(denial("", "No rule allows example.com:8080. Rule web allows this host on port 80 or 443."));
        assertThat(refused(role, connect("example.com", 80)))
                .isEqualTo(denial("", "No rule allows example.com:80. Rule web allows this host on port 443."));
        assertThat(refused(role, absolute("POST", "read.example", 80)))
                .isEqualTo(denial("", "No rule allows read.example:80. Rule reading allows this host for GET, HEAD."));
        assertThat(refused(role, get("trial.example", 80)))
                .isEqualTo(denial("", "No rule allows trial.example:80. Rule trial would, but is in Report mode."));
        assertThat(refused(role, get("broken.example", 80)))
                .isEqualTo(denial(
                        "",
                        "No rule allows broken.example:80. Rule broken might, but could not be resolved:"
                                + " ConfigMap shop/list does not exist."));
        assertThat(refused(of(), get("example.com", 80))).isEqualTo(denial("", "No rule allows example.com:80."));
    }

    @Test
    void letsDenyWinWhateverTheOrder() {
        Role role = of(allow("everything", "*"), deny("evil", ".evil.example"), deny("also", "www.evil.example"));
        assertThat(refused(role, absolute("POST", "www.evil.example", 80)))
                .isEqualTo(denial("evil", "Rule evil denies this."));
        assertThat(refused(role, connect("evil.example", 5432)).rule()).isEqualTo("evil");
        assertThat(passed(role, get("good.example", 80)).rule()).isEqualTo("everything");
    }

    @Test
    void reportsTheFirstRuleThatDecides() {
        Role role = of(deny("second", "*.example"), deny("third", "www.example"), allow("a", "*"), allow("b", "*.org"));
        assertThat(refused(role, get("www.example", 80)).rule()).isEqualTo("second");
        assertThat(passed(role, get("www.org", 80)).rule()).isEqualTo("a");
    }

    @ParameterizedTest
    @CsvSource({
        "plain.example, 80, GET, true",
        "plain.example, 443, GET, true",
        "plain.example, 8080, GET, false",
        "plain.example, 443, CONNECT, true",
        "plain.example, 80, CONNECT, false",
        "entry.example, 8443, GET, true",
        "entry.example, 8443, CONNECT, true",
        "entry.example, 443, CONNECT, false",
        "ports.example, 8000, CONNECT, true",
        "ports.example, 8001, GET, true",
        "ports.example, 443, CONNECT, false",
        "both.example, 9000, CONNECT, true",
        "both.example, 8000, CONNECT, false",
    })
    void takesThePortsOfTheEntryThenOfTheRuleThenTheUsualOnes(String host, int port, String method, boolean allowed) {
        Role role = of(
                allow("plain", "plain.example", "entry.example:8443"),
                onPorts(allow("ports", "ports.example", "both.example:9000"), 8000, 8001));
        Ask ask = method.equals("CONNECT") ? connect(host, port) : get(host, port);
        assertThat(role.decide(ask, PEER) instanceof Verdict.To).isEqualTo(allowed);
    }

    @Test
    void deniesOnAllPortsUnlessTheRuleNamesSome() {
        Role role = of(
                onPorts(allow("all", "*"), 80, 8080, 9090),
                deny("everywhere", "a.example"),
                deny("entry", "b.example:8080"),
                onPorts(deny("ports", "c.example"), 80, 8080));
        assertThat(refused(role, get("a.example", 9090)).rule()).isEqualTo("everywhere");
        assertThat(refused(role, get("b.example", 8080)).rule()).isEqualTo("entry");
        assertThat(passed(role, get("b.example", 80)).rule()).isEqualTo("all");
        assertThat(refused(role, get("c.example", 80)).rule()).isEqualTo("ports");
        assertThat(passed(role, get("c.example", 9090)).rule()).isEqualTo("all");
    }

    @Test
    void tellsMethodsApart() {
        Role role = of(
                forMethods(allow("reading", "example.com"), "GET", "HEAD"),
                forMethods(allow("tunnels", "example.com"), "CONNECT"),
                forMethods(deny("no-head", "*"), "HEAD"));
        assertThat(passed(role, get("example.com", 80)).rule()).isEqualTo("reading");
        assertThat(refused(role, absolute("HEAD", "example.com", 80)).rule()).isEqualTo("no-head");
        assertThat(refused(role, absolute("get", "example.com", 80)).rule()).isEmpty();
        assertThat(passed(role, connect("example.com", 443)).rule()).isEqualTo("tunnels");
    }

    @Test
    void onlyRecordsARuleInReportMode() {
        Role role = of(
                allow("all", "*"),
                reported(deny("candidate", "*.example")),
                deny("real", "evil.example"),
                reported(allow("nothing", "unheard.test")));
        assertThat(passed(role, get("good.example", 80)).rule()).isEqualTo("all");
        assertThat(passed(role, get("good.example", 80)).overlooked())
                .isEqualTo(denial("candidate", "Rule candidate denies this."));
        assertThat(refused(role, get("evil.example", 80)).rule()).isEqualTo("real");
        assertThat(passed(role, get("good.test", 80)).overlooked()).isNull();
    }

    @Test
    void letsThroughInReportModeWhatItWouldRefuse() {
        Role role =
                role(forward(policy(Mode.REPORT, GUARDS, allow("web", "example.com"), deny("evil", "evil.example"))));
        assertThat(passed(role, get("example.com", 80)).overlooked()).isNull();
        assertThat(passed(role, get("evil.example", 8080)))
                .returns("", Verdict.To::rule)
                .returns(denial("evil", "Rule evil denies this."), Verdict.To::overlooked);
        assertThat(passed(role, connect("other.example", 22)))
                .returns(new Destination.Named("other.example", 22), Verdict.To::destination)
                .returns(denial("", "No rule allows other.example:22."), Verdict.To::overlooked);
        assertThat(refused(role, get("127.1", 80)).status()).isEqualTo(400);
        assertThat(refused(role, origin("example.com", "/")).status()).isEqualTo(400);
    }

    @Test
    void failsClosedWhereARuleIsUnresolved() {
        ForwardRule hostless = new ForwardRule(
                "list", Action.DENY, Mode.ENFORCE, List.of(), List.of(8080), List.of(), "list 'ads' was never loaded");
        Role role = of(
                onPorts(allow("all", "*"), 80, 8080),
                hostless,
                unresolved(deny("group", "a.example")),
                unresolved(allow("grant", "b.example:9090")));
        assertThat(refused(role, get("any.example", 8080)))
                .isEqualTo(
                        denial(
                                "list",
                                "Rule list could not be resolved (list 'ads' was never loaded) and denies all that it may stand for."));
        assertThat(passed(role, get("any.example", 80)).rule()).isEqualTo("all");
        assertThat(refused(role, get("a.example", 80)).rule()).isEqualTo("group");
        assertThat(refused(role, get("b.example", 9090)).rule()).isEmpty();
    }

    @Test
    void servesItsClientsAlone() {
        Role role = role(forward(forClients(policy(allow("all", "*")), "10.1.0.0/16", "fd00::/8")));
        assertThat(role.decide(get("example.com", 80), peer("10.1.2.3"))).isInstanceOf(Verdict.To.class);
        assertThat(role.decide(get("example.com", 80), peer("::ffff:10.1.2.3"))).isInstanceOf(Verdict.To.class);
        assertThat(role.decide(get("example.com", 80), peer("fd12::1"))).isInstanceOf(Verdict.To.class);
        assertThat(role.decide(get("example.com", 80), peer("10.2.0.1")))
                .isEqualTo(denial("", "10.2.0.1 is not among the clients of this proxy."));
        Role reporting = role(forward(forClients(policy(Mode.REPORT, GUARDS, allow("all", "*")), "10.1.0.0/16")));
        assertThat(reporting.decide(get("example.com", 80), peer("10.2.0.1"))).isInstanceOf(Verdict.Refuse.class);
    }

    @Test
    void tellsClientsHowToUseAProxy() {
        Role role = of(allow("all", "*"));
        assertThat(refused(role, origin("example.com", "/")))
                .returns(400, Verdict.Refuse::status)
                .returns(ProxyError.HTTP_REQUEST_ERROR, Verdict.Refuse::error)
                .extracting(Verdict.Refuse::detail)
                .asString()
                .contains("forward proxy", "curl -x http://PROXY:PORT");
        Ask https = new Asks.HttpAsk(Asks.request("GET", "example.com", -1, "/", Map.of()), true, "https");
        assertThat(refused(role, https).detail()).contains("CONNECT HOST:443");
        assertThat(refused(role, https).status()).isEqualTo(400);
        Ask ftp = new Asks.HttpAsk(Asks.request("GET", "example.com", -1, "/", Map.of()), true, "ftp");
        assertThat(refused(role, ftp).detail()).startsWith("Only http URLs");
        assertThat(refused(role, connect("example.com", -1)).detail()).contains("from 1 to 65535");
        assertThat(refused(role, get("example.com", 65_536)).status()).isEqualTo(400);
        assertThat(refused(role, get("example.com", 0)).status()).isEqualTo(400);
        assertThat(refused(role, get("", 80)).detail()).isEqualTo("The host of the target is malformed: it is empty.");
    }

    @Test
    void speaksWhatItsListenerSpeaks() {
        ForwardPolicy policy = policy(allow("all", "*"));
        Role requests = role(config(
                List.of(listener("main", 3128, RoleKind.FORWARD, policy.name(), Protocol.HTTP)),
                List.of(policy),
                List.of(),
                List.of()));
        assertThat(passed(requests, get("example.com", 80)).rule()).isEqualTo("all");
        assertThat(refused(requests, connect("example.com", 443)).status()).isEqualTo(403);
        Role tunnels = role(config(
                List.of(listener("main", 3128, RoleKind.FORWARD, policy.name(), Protocol.CONNECT)),
                List.of(policy),
                List.of(),
                List.of()));
        assertThat(refused(tunnels, get("example.com", 80)).status()).isEqualTo(403);
        assertThat(passed(tunnels, connect("example.com", 443)).rule()).isEqualTo("all");
    }

    /** The proxy that allows everything: what must stay out of reach all the same, however it is spelled. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.0.0.1.",
                "127.1",
                "127.0.1",
                "2130706433",
                "0x7f000001",
                "0x7f.1",
                "0177.0.0.1",
                "017700000001",
                "0",
                "0.0.0.0",
                "00000",
                "10.0.0.1",
                "172.16.0.1",
                "192.168.0.1",
                "100.64.0.1",
                "169.254.169.254",
                "2852039166",
                "0xa9fea9fe",
                "0251.0376.0251.0376",
                "169.254.43518",
                "169.254.169.254.",
                "100.100.100.200",
                "168.63.129.16",
                "192.0.0.192",
                "198.18.0.1",
                "224.0.0.1",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "0:0:0:0:0:0:0:1",
                "0000::0001",
                "::ffff:127.0.0.1",
                "::FFFF:7f00:1",
                "::ffff:169.254.169.254",
                "::127.0.0.1",
                "::7f00:1",
                "::ffff:0:127.0.0.1",
                "64:ff9b::127.0.0.1",
                "64:ff9b::a9fe:a9fe",
                "64:ff9b:1::7f00:1",
                "2002:7f00:1::",
                "2002:a9fe:a9fe::1",
                "2001:0:7f00:1::",
                "2001::80ff:fffe",
                "fd00:ec2::254",
                "fe80::1",
                "fe80::1%eth0",
                "fe80::1%25lo",
                "fec0::1",
                "fc00::1",
                "ff02::1",
                "fe80::5efe:127.0.0.1",
                "2a00::200:5efe:10.0.0.1",
                "[::1]",
                "::1.",
                "127.0.0.1:80",
                "127。0。0。1",
                "１２７.0.0.1",
                "127%2e0.0.1",
                "%31%32%37.0.0.1",
                "127.0.0.1\u0000.example.com",
                "①②⑦.0.0.1"
            })
    void keepsGuardedAddressesOutOfReach(String host) {
        Role role = of(onPorts(allow("all", "*"), 80));
        for (Ask ask : List.of(get(host, 80), connect(host, 80))) {
            assertThat(refused(role, ask))
                    .satisfiesAnyOf(
                            refusal -> assertThat(refusal.status()).isEqualTo(400),
                            refusal -> assertThat(refusal)
                                    .returns(403, Verdict.Refuse::status)
                                    .returns(ProxyError.DESTINATION_IP_PROHIBITED, Verdict.Refuse::error));
        }
    }

    @Test
    void saysWhichGuardHeld() {
        assertThat(refused(of(allow("all", "*")), get("64:ff9b::a9fe:a9fe", 80)))
                .isEqualTo(new Verdict.Refuse(
                        403,
                        ProxyError.DESTINATION_IP_PROHIBITED,
                        "",
                        "64:ff9b::a9fe:a9fe is out of reach: cloud metadata address in NAT64 form."));
    }

    @Test
    void matchesAddressesByAddressPatternsAndTheStarAlone() {
        Role role = of(
                allow("literal", "1.1.1.1", "[2606:4700::1111]:443"),
                allow("names", ".one.one.one.one", "1.1.1.1.example"),
                deny("quad", "9.9.9.9"));
        assertThat(passed(role, get("1.1.1.1", 80)).destination()).isEqualTo(new Destination.Named("1.1.1.1", 80));
        assertThat(passed(role, get("::ffff:1.1.1.1", 80)).destination())
                .isEqualTo(new Destination.Named("1.1.1.1", 80));
        assertThat(passed(role, connect("2606:4700:0::1111", 443)).destination())
                .isEqualTo(new Destination.Named("2606:4700::1111", 443));
        assertThat(refused(role, get("1.1.1.2", 80)).status()).isEqualTo(403);
        assertThat(refused(role, get("9.9.9.9", 80)).rule()).isEqualTo("quad");
        assertThat(refused(of(allow("some", "*.example")), get("1.1.1.1", 80)).status())
                .isEqualTo(403);
        assertThat(passed(of(allow("all", "*")), get("1.1.1.1", 80)).rule()).isEqualTo("all");
    }

    /** Rules, modes, ports and methods by chance, against the text of the rules read one by one. */
    @Test
    void agreesWithReadingTheRulesOneByOne() {
        Random random = new Random(17);
        int[] seen = new int[3];
        for (int round = 0; round < 150; round++) {
            List<ForwardRule> rules = new ArrayList<>();
            for (int i = random.nextInt(8); i > 0; i--) {
                rules.add(rule(random, "rule" + i));
            }
            Mode mode = random.nextInt(4) == 0 ? Mode.REPORT : Mode.ENFORCE;
            ForwardPolicy policy =
                    policy(mode, new Guards(false, List.of(), List.of()), rules.toArray(ForwardRule[]::new));
            Role role = role(forward(policy));
            for (int i = 0; i < 40; i++) {
                String host = host(random);
                int port = pick(random, 80, 443, 8080);
                String method = pick(random, "GET", "POST", "CONNECT");
                Ask ask = method.equals("CONNECT") ? connect(host, port) : absolute(method, host, port);

                List<ForwardRule> denies = matching(rules, Action.DENY, Mode.ENFORCE, host, port, method);
                List<ForwardRule> reports = matching(rules, Action.DENY, Mode.REPORT, host, port, method);
                List<ForwardRule> allows = matching(rules, Action.ALLOW, Mode.ENFORCE, host, port, method).stream()
                        .filter(rule -> rule.unresolved().isEmpty())
                        .toList();
                Steps steps = new Steps();
                Verdict verdict = role.decide(ask, PEER, steps);
                Supplier<String> context = () -> "%s %s:%s under %s".formatted(method, host, port, policy);
                boolean refuses = !denies.isEmpty() || allows.isEmpty();
                assertThat(verdict instanceof Verdict.Refuse).as(context).isEqualTo(refuses && mode == Mode.ENFORCE);
                seen[refuses ? denies.isEmpty() ? 0 : 1 : 2]++;
                switch (verdict) {
                    case Verdict.Refuse refuse ->
                        assertThat(refuse.rule()).as(context).isEqualTo(name(denies));
                    case Verdict.To to -> {
                        assertThat(to.rule()).as(context).isEqualTo(name(allows));
                        assertThat(to.destination()).isEqualTo(new Destination.Named(host, port));
                        String overlooked = refuses ? name(denies) : reports.isEmpty() ? null : name(reports);
                        assertThat(
                                        to.overlooked() == null
                                                ? null
                                                : to.overlooked().rule())
                                .as(context)
                                .isEqualTo(overlooked);
                    }
                }
                assertThat(steps.rules())
                        .as(context)
                        .isEqualTo(rules.stream().map(ForwardRule::name).toList());
                assertThat(steps.matched())
                        .as(context)
                        .isEqualTo(rules.stream()
                                .filter(rule -> matches(rule, host, port, method))
                                .map(ForwardRule::name)
                                .toList());
                assertThat(role.decide(ask, PEER)).isEqualTo(verdict);
            }
        }
        assertThat(IntStream.of(seen).min().orElseThrow()).isGreaterThan(500);
    }

    private static String name(List<ForwardRule> rules) {
        return rules.isEmpty() ? "" : rules.getFirst().name();
    }

    private static List<ForwardRule> matching(
            List<ForwardRule> rules, Action action, Mode mode, String host, int port, String method) {
        return rules.stream()
                .filter(rule -> rule.action() == action && rule.mode() == mode && matches(rule, host, port, method))
                .toList();
    }

    private static boolean matches(ForwardRule rule, String host, int port, String method) {
        if (!rule.methods().isEmpty() && !rule.methods().contains(method)) {
            return false;
        }
        List<String> hosts = rule.hosts().isEmpty() ? List.of("*") : rule.hosts();
        for (String text : hosts) {
            HostPattern pattern = HostPattern.parse(text);
            List<Integer> ports;
            if (pattern.port() != 0) {
                ports = List.of(pattern.port());
            } else if (!rule.ports().isEmpty()) {
                ports = rule.ports();
            } else if (rule.action() == Action.DENY) {
                ports = List.of(port);
            } else {
                ports = method.equals("CONNECT") ? List.of(443) : List.of(80, 443);
            }
            if (pattern.matches(Ascii.of(host)) && ports.contains(port)) {
                return true;
            }
        }
        return false;
    }

    private static ForwardRule rule(Random random, String name) {
        boolean unresolved = random.nextInt(6) == 0;
        List<String> hosts = new ArrayList<>();
        for (int i = unresolved ? random.nextInt(3) : 1 + random.nextInt(3); i > 0; i--) {
            String port = random.nextInt(4) == 0 ? ":" + pick(random, 80, 443, 8080) : "";
            hosts.add(pick(random, "", "*.", ".", "").concat(pick(random, "a.test", "b.test", "x.a.test")) + port);
            if (random.nextInt(6) == 0) {
                hosts.set(hosts.size() - 1, pick(random, "*", "1.1.1.1", "*:8080"));
            }
        }
        return new ForwardRule(
                name,
                random.nextInt(3) == 0 ? Action.DENY : Action.ALLOW,
                random.nextInt(4) == 0 ? Mode.REPORT : Mode.ENFORCE,
                hosts,
                random.nextInt(3) == 0 ? List.of(pick(random, 80, 8080)) : List.of(),
                random.nextInt(3) == 0 ? List.of(pick(random, "GET", "CONNECT")) : List.of(),
                unresolved ? "gone" : "");
    }

    private static String host(Random random) {
        return pick(random, "a.test", "b.test", "x.a.test", "y.x.a.test", "1.1.1.1", "c.test");
    }

    @SafeVarargs
    private static <T> T pick(Random random, T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    @Test
    void tellsTheWholeWayOfADecision() {
        Role role = of(
                allow("web", "example.com", "*.example.com:8443"),
                reported(deny("trial", ".example.com")),
                forMethods(deny("posts", "*"), "POST"),
                unresolved(allow("list", "other.example")));
        Steps steps = new Steps();
        role.decide(get("www.example.com", 8443), PEER, steps);
        assertThat(steps.lines())
                .containsExactly(
                        "web + allow: has *.example.com:8443, port 8443",
                        "trial + deny: has .example.com, port 8443; in Report mode",
                        "posts - deny: has *, but for POST, not GET",
                        "list - allow: has no host that matches www.example.com");
        Steps other = new Steps();
        role.decide(connect("other.example", 80), PEER, other);
        assertThat(other.lines()).contains("list - allow: has other.example, but for port 443, not 80");
        Steps stranger = new Steps();
        role(forward(forClients(policy(allow("all", "*")), "10.9.0.0/16")))
                .decide(get("example.com", 80), PEER, stranger);
        assertThat(stranger.lines()).containsExactly("clients - 10.1.0.7 is not served");
        Steps literal = new Steps();
        of(allow("all", "*")).decide(connect("10.0.0.1", 443), PEER, literal);
        assertThat(literal.lines())
                .containsExactly("all + allow: has *, port 443", "guards + 10.0.0.1 is private address");
    }

    @Test
    void decidesOnKnownNamesWithoutAnObject() {
        List<String> hosts = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            hosts.add("host" + i + ".example.com");
        }
        Role role = of(allow("many", hosts.toArray(String[]::new)), deny("evil", "*.evil.example"));
        Ask allowed = connect("host4999.example.com", 443);
        Ask denied = get("www.evil.example", 80);
        assertThat(passed(role, allowed).rule()).isEqualTo("many");
        assertThat(refused(role, denied).rule()).isEqualTo("evil");
        assertThat(Allocation.perRun(() -> role.decide(allowed, PEER))).isZero();
        assertThat(Allocation.perRun(() -> role.decide(denied, PEER))).isZero();
    }
}
