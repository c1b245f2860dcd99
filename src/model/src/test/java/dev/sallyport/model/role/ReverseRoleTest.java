package dev.sallyport.model.role;

import static dev.sallyport.model.role.Asks.PEER;
import static dev.sallyport.model.role.Asks.connect;
import static dev.sallyport.model.role.Asks.get;
import static dev.sallyport.model.role.Asks.origin;
import static dev.sallyport.model.role.Asks.peer;
import static dev.sallyport.model.role.Configs.cluster;
import static dev.sallyport.model.role.Configs.exact;
import static dev.sallyport.model.role.Configs.prefix;
import static dev.sallyport.model.role.Configs.reverse;
import static dev.sallyport.model.role.Configs.role;
import static dev.sallyport.model.role.Configs.route;
import static dev.sallyport.model.role.Configs.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.Allocation;
import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.EndpointSet;
import dev.sallyport.model.config.Listener;
import dev.sallyport.model.config.ReversePolicy;
import dev.sallyport.model.config.ReverseRule;
import dev.sallyport.model.config.RoleKind;
import dev.sallyport.model.config.RouteMatch;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReverseRoleTest {
    private static final Cluster WEB = cluster("shop/web:80");

    private static ReversePolicy policy(ReverseRule... rules) {
        return new ReversePolicy("shop/web", List.of(), List.of(), List.of(rules));
    }

    private static Role of(ReverseRule... rules) {
        return role(reverse(policy(rules), WEB));
    }

    private static ReverseRule rule(String name, RouteMatch... matches) {
        return route(name, List.of(matches), to(WEB.id(), 1));
    }

    private static RouteMatch match(RouteMatch path, String method, String... namesAndValues) {
        List<RouteMatch.Header> headers = new ArrayList<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.add(new RouteMatch.Header(namesAndValues[i], namesAndValues[i + 1]));
        }
        return new RouteMatch(path.path(), method, headers);
    }

    private static String rule(Role role, String path) {
        return role.decide(origin("shop.example.com", path), PEER).rule();
    }

    private static Verdict.Refuse refusal(int status, ProxyError error, String rule, String detail) {
        return new Verdict.Refuse(status, error, rule, detail);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "443,  shop.example.com, /a/b, none,  https://shop.example.com/a/b",
                "443,  shop.example.com, /,    x=1&y, https://shop.example.com/?x=1&y",
                "8443, shop.example.com, /a,   none,  https://shop.example.com:8443/a",
                "8443, 2001:db8::1,      /a,   none,  https://[2001:db8::1]:8443/a",
                "443,  shop.example.com, *,    none,  https://shop.example.com/",
            })
    void redirectsToWhereItIsServedOverTls(int port, String host, String path, String query, String location) {
        assertThat(redirecting(port, policy(rule("all")))
                        .decide(origin("POST", host, 80, path, query == null ? "" : query), PEER))
                .isEqualTo(new Verdict.Refuse(
                        308, ProxyError.PROXY_INTERNAL_RESPONSE, "", "This is served over TLS alone.", location));
    }

    @Test
    void redirectsNoOtherHostsAndNothingWithoutAHost() {
        ReversePolicy shop =
                new ReversePolicy("shop/web", List.of("shop.example.com"), List.of(), List.of(rule("all")));
        assertThat(redirecting(443, shop).decide(origin("evil.example", "/"), PEER))
                .isEqualTo(refusal(404, ProxyError.DESTINATION_NOT_FOUND, "", "This host is not served here."));
        assertThat(redirecting(443, policy(rule("all"))).decide(origin("", "/"), PEER))
                .isEqualTo(refusal(
                        400,
                        ProxyError.HTTP_REQUEST_ERROR,
                        "",
                        "The request names no host at which it could be made over TLS."));
    }

    private static Role redirecting(int port, ReversePolicy policy) {
        Listener main = reverse(policy, WEB).listeners().getFirst();
        return role(Configs.config(
                List.of(new Listener(
                        main.name(),
                        main.address(),
                        main.port(),
                        main.publicPort(),
                        main.role(),
                        main.policy(),
                        main.protocols(),
                        main.limits(),
                        null,
                        null,
                        port)),
                List.of(),
                List.of(policy),
                List.of(WEB)));
    }

    @ParameterizedTest
    @CsvSource({
        "/, all",
        "/ap, all",
        "/apix, all",
        "/apix/y, all",
        "/API, all",
        "/api, api",
        "/api/, api",
        "/api/x/y, api",
        "/api/v2, v2",
        "/api/v2/, v2",
        "/api/v2/x, v2",
        "/api/v2x, api",
        "/api/health, health",
        "/api/health/, api",
        "/api/health/x, api",
        "/api/v2/health, v2health",
        "/tilde~/x, tilde",
        "/a%2Fb, all",
        "/sp%20ace, space",
        "*, all",
    })
    void takesTheMostSpecificPath(String path, String expected) {
        Role role = of(
                rule("all"),
                rule("v2", prefix("/api/v2/")),
                rule("api", prefix("/api")),
                rule("health", exact("/api/health")),
                rule("v2health", exact("/api/v2/health")),
                rule("tilde", prefix("/tilde%7e")),
                rule("space", exact("/sp%20ace")));
        assertThat(rule(role, path)).isEqualTo(expected);
    }

    @Test
    void triesOuterPathsWhereMethodOrFieldsDoNotMatch() {
        Role role = of(
                rule("exact", match(exact("/a/b"), "POST")),
                rule("inner", match(prefix("/a/b"), "", "x-v", "2")),
                rule("outer", match(prefix("/a"), "")),
                rule("root", match(prefix("/"), "DELETE")));
        assertThat(role.decide(origin("POST", "h", "/a/b", Map.of()), PEER).rule())
                .isEqualTo("exact");
        assertThat(role.decide(origin("GET", "h", "/a/b", Map.of("x-v", "2")), PEER)
                        .rule())
                .isEqualTo("inner");
        assertThat(role.decide(origin("GET", "h", "/a/b", Map.of("x-v", "3")), PEER)
                        .rule())
                .isEqualTo("outer");
        assertThat(role.decide(origin("DELETE", "h", "/b", Map.of()), PEER).rule())
                .isEqualTo("root");
        assertThat(role.decide(origin("GET", "h", "/b", Map.of()), PEER))
                .isEqualTo(refusal(404, ProxyError.DESTINATION_NOT_FOUND, "", "No rule matches this request."));
    }

    @Test
    void ordersOnePathByMethodThenFieldsThenDeclaration() {
        Role role = of(
                rule("plain", match(prefix("/"), "")),
                rule("second", match(prefix("/"), "")),
                rule("one", match(prefix("/"), "", "x-a", "1")),
                rule("two", match(prefix("/"), "", "x-a", "1", "x-b", "1")),
                rule("method", match(prefix("/"), "GET")),
                rule("method-one", match(prefix("/"), "GET", "x-c", "1")));
        assertThat(role.decide(origin("PUT", "h", "/", Map.of()), PEER).rule()).isEqualTo("plain");
        assertThat(role.decide(origin("PUT", "h", "/", Map.of("x-a", "1")), PEER)
                        .rule())
                .isEqualTo("one");
        assertThat(role.decide(origin("PUT", "h", "/", Map.of("x-a", "1", "x-b", "1")), PEER)
                        .rule())
                .isEqualTo("two");
        assertThat(role.decide(origin("GET", "h", "/", Map.of("x-a", "1", "x-b", "1")), PEER)
                        .rule())
                .isEqualTo("method");
        assertThat(role.decide(origin("GET", "h", "/", Map.of("x-c", "1")), PEER)
                        .rule())
                .isEqualTo("method-one");
        assertThat(role.decide(origin("get", "h", "/", Map.of()), PEER).rule()).isEqualTo("plain");
    }

    @Test
    void countsOneConditionOfEachField() {
        Role role = of(
                rule("twice", match(prefix("/"), "", "x-a", "1", "x-a", "2")),
                rule("once", match(prefix("/"), "", "x-a", "1")));
        assertThat(role.decide(origin("GET", "h", "/", Map.of("x-a", "1")), PEER)
                        .rule())
                .isEqualTo("twice");
        assertThat(role.decide(origin("GET", "h", "/", Map.of("x-a", "2")), PEER))
                .isInstanceOf(Verdict.Refuse.class);
    }

    @Test
    void appliesWhenAnyMatchDoes() {
        Role role = of(rule("both", exact("/a"), exact("/b")), rule("rest", prefix("/")));
        assertThat(rule(role, "/a")).isEqualTo("both");
        assertThat(rule(role, "/b")).isEqualTo("both");
        assertThat(rule(role, "/c")).isEqualTo("rest");
    }

    @ParameterizedTest
    @CsvSource({
        "shop.example.com, true",
        "SHOP.Example.COM, true",
        "shop.example.com., true",
        "a.shop.example.com, true",
        "a.b.shop.example.com, true",
        "api.test, true",
        "192.0.2.1, true",
        "::ffff:192.0.2.1, true",
        "example.com, false",
        "xshop.example.com, false",
        "a.api.test, false",
        "'', false",
        ".shop.example.com., true",
        "192.0.2.2, false",
        "0xc0000201, false",
    })
    void servesItsHostsAlone(String host, boolean served) {
        ReversePolicy policy = new ReversePolicy(
                "shop/web",
                List.of("shop.example.com", "*.shop.example.com", "api.test", "192.0.2.1"),
                List.of(),
                List.of(rule("all")));
        Verdict verdict = role(reverse(policy, WEB)).decide(origin(host, "/"), PEER);
        if (served) {
            assertThat(verdict.rule()).isEqualTo("all");
        } else {
            assertThat(verdict)
                    .isEqualTo(refusal(404, ProxyError.DESTINATION_NOT_FOUND, "", "This host is not served here."));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"shop.example.com", "", "anything", "127.0.0.1", "not a host"})
    void servesEveryHostWhereNoneIsNamed(String host) {
        assertThat(of(rule("all")).decide(origin(host, "/"), PEER).rule()).isEqualTo("all");
    }

    @Test
    void isNoForwardProxy() {
        Role role = role(reverse(
                new ReversePolicy("shop/web", List.of("shop.example.com"), List.of(), List.of(rule("all"))), WEB));
        assertThat(role.decide(connect("shop.example.com", 443), PEER))
                .isEqualTo(refusal(
                        405,
                        ProxyError.HTTP_REQUEST_DENIED,
                        "",
                        "This listener serves requests and takes no CONNECT tunnels."));
        assertThat(role.decide(get("shop.example.com", 80), PEER))
                .isInstanceOfSatisfying(
                        Verdict.To.class,
                        verdict -> assertThat(verdict.destination()).isEqualTo(new Destination.Cluster("shop/web:80")));
        assertThat(role.decide(get("elsewhere.example", 80), PEER)).isInstanceOf(Verdict.Refuse.class);
    }

    @Test
    void tellsTheRuleInItsVerdicts() {
        assertThat(of(rule("all")).decide(origin("h", "/"), PEER))
                .isEqualTo(new Verdict.To(
                        new Destination.Cluster("shop/web:80"),
                        "all",
                        new Disclosure(Disclosure.Forwarding.REPLACE, true, false),
                        AddressPolicy.ANY,
                        new Timeouts(
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(3),
                                Duration.ofSeconds(30),
                                Duration.ZERO,
                                Duration.ZERO),
                        2,
                        null));
    }

    @Test
    void beginsTracesWhereNoneCame() {
        assertThat(of(rule("all")).tracing()).isEqualTo(Tracing.BEGIN);
        ReversePolicy edge = new ReversePolicy("shop/web", List.of(), List.of(), false, List.of(rule("all")));
        assertThat(role(reverse(edge, WEB)).tracing()).isEqualTo(Tracing.RESTART);
    }

    @Test
    void believesTheFieldsOfTrustedClientsAlone() {
        Role role = role(reverse(
                new ReversePolicy("shop/web", List.of(), List.of("10.9.0.0/16", "fd00::/8"), List.of(rule("all"))),
                WEB));
        for (String trusted : List.of("10.9.1.1", "::ffff:10.9.1.1", "fd12::1")) {
            assertThat(((Verdict.To) role.decide(origin("h", "/"), peer(trusted)))
                            .disclosure()
                            .forwarding())
                    .isEqualTo(Disclosure.Forwarding.APPEND);
        }
        for (String stranger : List.of("10.8.1.1", "fe80::1", "8.8.8.8")) {
            assertThat(((Verdict.To) role.decide(origin("h", "/"), peer(stranger)))
                            .disclosure()
                            .forwarding())
                    .isEqualTo(Disclosure.Forwarding.REPLACE);
        }
    }

    @Test
    void sharesRequestsByWeight() {
        AtomicInteger next = new AtomicInteger();
        ReverseRule split = route(
                "split",
                List.of(),
                to("shop/a:80", 70),
                to("shop/none:80", 0),
                to("shop/b:80", 20),
                new ReverseRule.Backend("", 10, "Service shop/gone does not exist"));
        Role role = role(
                reverse(policy(split), cluster("shop/a:80"), cluster("shop/none:80"), cluster("shop/b:80")),
                bound -> next.getAndIncrement() % bound);
        Map<String, Integer> shares = new HashMap<>();
        for (int i = 0; i < 1000; i++) {
            switch (role.decide(origin("h", "/"), PEER)) {
                case Verdict.To to -> shares.merge(((Destination.Cluster) to.destination()).id(), 1, Integer::sum);
                case Verdict.Refuse refuse -> {
                    assertThat(refuse)
                            .isEqualTo(
                                    refusal(
                                            500,
                                            ProxyError.PROXY_CONFIGURATION_ERROR,
                                            "split",
                                            "A backend of rule split could not be resolved; the status of the proxy says why."));
                    shares.merge("500", 1, Integer::sum);
                }
            }
        }
        assertThat(shares).isEqualTo(Map.of("shop/a:80", 700, "shop/b:80", 200, "500", 100));
    }

    @Test
    void answers500WhereARuleHasNoBackend() {
        for (ReverseRule broken : List.of(route("none", List.of()), route("none", List.of(), to(WEB.id(), 0)))) {
            assertThat(of(broken).decide(origin("h", "/"), PEER))
                    .isEqualTo(refusal(
                            500,
                            ProxyError.PROXY_CONFIGURATION_ERROR,
                            "none",
                            "Rule none has no backend that takes requests."));
        }
    }

    @Test
    void answers421WhereARuleIsForAnotherApplication() {
        Cluster other = cluster("shop/api:80").at(new EndpointSet.Application(List.of("app=api")));
        Role role = role(reverse(
                policy(rule("all"), route("api", List.of(prefix("/api")), to(other.id(), 1))), WEB, other));
        assertThat(role.decide(origin("h", "/api/x"), PEER))
                .isEqualTo(refusal(
                        421,
                        ProxyError.DESTINATION_NOT_FOUND,
                        "api",
                        "Rule api is for another application than the one that is served here."));
        assertThat(rule(role, "/")).isEqualTo("all");
    }

    @Test
    void appliesTheRulesOfItsListener() throws Exception {
        ReverseRule all = rule("all");
        ReverseRule internal = new ReverseRule(
                "internal",
                "internal",
                List.of(prefix("/admin")),
                all.backends(),
                all.requestTimeout(),
                all.backendTimeout(),
                all.retry());
        ReversePolicy policy = policy(all, internal);
        Map<String, Role> roles = Roles.compile(
                Configs.config(
                        List.of(
                                Configs.listener("public", 8080, RoleKind.REVERSE, "shop/web", Listener.Protocol.HTTP),
                                Configs.listener(
                                        "internal", 8081, RoleKind.REVERSE, "shop/web", Listener.Protocol.HTTP)),
                        List.of(),
                        List.of(policy),
                        List.of(WEB)),
                List.<InetAddress>of(),
                bound -> 0);
        assertThat(rule(roles.get("public"), "/admin")).isEqualTo("all");
        assertThat(rule(roles.get("internal"), "/admin")).isEqualTo("internal");
        assertThat(rule(roles.get("internal"), "/")).isEqualTo("all");
    }

    @Test
    void tellsTheWholeWayOfADecision() {
        ReversePolicy policy = new ReversePolicy(
                "shop/web",
                List.of("shop.example.com", "*.example.com"),
                List.of(),
                List.of(
                        rule("all"),
                        rule("v2", match(prefix("/api"), "", "x-v", "2")),
                        rule("posts", match(exact("/api/x"), "POST"))));
        Role role = role(reverse(policy, WEB));
        Steps steps = new Steps();
        role.decide(origin("GET", "shop.example.com", "/api/x", Map.of("x-v", "1")), PEER, steps);
        assertThat(steps.lines())
                .containsExactly(
                        "hostnames + shop.example.com is served as shop.example.com",
                        "posts - path /api/x, method POST",
                        "v2 - prefix /api, x-v: 2",
                        "all + prefix /",
                        "all + goes to shop/web:80");
        Steps lost = new Steps();
        role.decide(origin("example.org", "/"), PEER, lost);
        assertThat(lost.lines()).containsExactly("hostnames - example.org is not served");
    }

    /** Routes and requests by chance, against a list sorted as Gateway API says. */
    @Test
    void agreesWithASortedList() {
        Random random = new Random(23);
        int found = 0;
        for (int round = 0; round < 120; round++) {
            List<ReverseRule> rules = new ArrayList<>();
            for (int i = random.nextInt(25); i > 0; i--) {
                List<RouteMatch> matches = new ArrayList<>();
                for (int j = random.nextInt(3); j >= 0; j--) {
                    matches.add(randomMatch(random));
                }
                rules.add(rule("rule" + i, matches.toArray(RouteMatch[]::new)));
            }
            Role role = of(rules.toArray(ReverseRule[]::new));
            for (int i = 0; i < 100; i++) {
                String path = randomPath(random, 5);
                String method = random.nextBoolean() ? "GET" : "POST";
                Map<String, String> fields = new LinkedHashMap<>();
                for (String name : List.of("x-a", "x-b")) {
                    if (random.nextBoolean()) {
                        fields.put(name, String.valueOf(random.nextInt(2)));
                    }
                }
                Verdict verdict = role.decide(origin(method, "h", path, fields), PEER);
                String expected = naive(rules, path, method, fields);
                assertThat(verdict.rule())
                        .as("%s %s %s in %s", method, path, fields, rules)
                        .isEqualTo(expected);
                found += expected.isEmpty() ? 0 : 1;
            }
        }
        assertThat(found).isBetween(3_000, 11_700);
    }

    private record Candidate(String rule, RouteMatch match) {}

    private static String naive(List<ReverseRule> rules, String path, String method, Map<String, String> fields) {
        return rules.stream()
                .flatMap(rule -> rule.matches().stream().map(match -> new Candidate(rule.name(), match)))
                .filter(candidate -> matches(candidate.match, path, method, fields))
                .min(Comparator.comparing(
                                (Candidate candidate) -> candidate.match.path().type() == RouteMatch.Path.Type.PREFIX)
                        .thenComparing(candidate ->
                                -segments(candidate.match.path().value()).size())
                        .thenComparing(candidate -> candidate.match.method().isEmpty())
                        .thenComparing(candidate -> -candidate.match.headers().size()))
                .map(Candidate::rule)
                .orElse("");
    }

    private static boolean matches(RouteMatch match, String path, String method, Map<String, String> fields) {
        boolean ofPath = match.path().type() == RouteMatch.Path.Type.EXACT
                ? match.path().value().equals(path)
                : segments(path).size() >= segments(match.path().value()).size()
                        && segments(path)
                                .subList(0, segments(match.path().value()).size())
                                .equals(segments(match.path().value()));
        return ofPath
                && (match.method().isEmpty() || match.method().equals(method))
                && match.headers().stream().allMatch(header -> header.value().equals(fields.get(header.name())));
    }

    private static List<String> segments(String path) {
        return List.of(path.split("/")).stream()
                .filter(segment -> !segment.isEmpty())
                .toList();
    }

    private static RouteMatch randomMatch(Random random) {
        RouteMatch path = random.nextInt(3) == 0 ? exact(randomPath(random, 3)) : prefix(randomPath(random, 3));
        List<String> headers = new ArrayList<>();
        for (String name : List.of("x-a", "x-b")) {
            if (random.nextInt(3) == 0) {
                headers.add(name);
                headers.add(String.valueOf(random.nextInt(2)));
            }
        }
        return match(path, random.nextInt(3) == 0 ? "GET" : "", headers.toArray(String[]::new));
    }

    private static String randomPath(Random random, int segments) {
        StringBuilder path = new StringBuilder();
        for (int i = random.nextInt(segments + 1); i > 0; i--) {
            path.append('/').append("ab".charAt(random.nextInt(2)));
        }
        return path.isEmpty() || random.nextInt(4) == 0 ? path + "/" : path.toString();
    }

    @Test
    void decidesOnTenThousandRoutesWithoutAnObject() {
        ReverseRule[] rules = IntStream.range(0, 10_000)
                .mapToObj(i -> route(
                        "rule" + i,
                        List.of(match(prefix("/svc/" + i), ""), match(exact("/svc/" + i + "/x"), "GET", "x-a", "1")),
                        to(WEB.id(), 90),
                        to("shop/canary:80", 10)))
                .toArray(ReverseRule[]::new);
        ReversePolicy policy = new ReversePolicy(
                "shop/web", List.of("shop.example.com", "*.example.com"), List.of("10.9.0.0/16"), List.of(rules));
        Role role = role(reverse(policy, WEB, cluster("shop/canary:80")), bound -> bound - 1);
        List<Ask> asks = List.of(
                origin("GET", "shop.example.com", "/svc/9999/x", Map.of("x-a", "1")),
                origin("www.example.com", "/svc/1234/" + "deep/".repeat(50)),
                origin("shop.example.com", "/elsewhere"),
                origin("example.org", "/"),
                connect("shop.example.com", 443));
        assertThat(asks.stream().map(ask -> role.decide(ask, PEER).rule()))
                .containsExactly("rule9999", "rule1234", "", "", "");
        for (Ask ask : asks) {
            assertThat(Allocation.perRun(() -> role.decide(ask, PEER))).isZero();
        }
    }
}
