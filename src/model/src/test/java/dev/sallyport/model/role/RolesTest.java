package dev.sallyport.model.role;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sallyport.model.config.InvalidConfigException;
import dev.sallyport.model.config.RelayConfig;
import dev.sallyport.model.config.RelayConfigCodec;
import dev.sallyport.model.request.Ascii;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RolesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static Map<String, Role> compile(RelayConfig config) throws InvalidConfigException {
        return Roles.compile(config, List.of(), bound -> 0);
    }

    private static JsonNode golden() throws IOException {
        return JSON.readTree(Files.readAllBytes(Path.of("src/test/resources/golden/relay.json")));
    }

    @Test
    void givesEachListenerItsRole() throws Exception {
        Map<String, Role> roles = compile(RelayConfigCodec.read(JSON.writeValueAsBytes(golden())));
        assertThat(roles)
                .containsOnlyKeys(
                        "shop/egress/mixed",
                        "shop/egress/transparent",
                        "shop/web/http",
                        "shop/web/redirect",
                        "shop/web/tls");
        assertThat(roles.get("shop/egress/mixed")
                        .decide(Asks.connect("api.stripe.com", 443), Asks.PEER)
                        .rule())
                .isEqualTo("allow[0]");
        assertThat(roles.get("shop/egress/transparent")
                        .decide(Asks.redirected("192.0.2.7", 443, "api.stripe.com"), Asks.PEER)
                        .rule())
                .isEqualTo("allow[0]");
        assertThat(roles.get("shop/web/http")
                        .decide(Asks.origin("shop.example.com", "/"), Asks.PEER)
                        .rule())
                .isEqualTo("rules[1]");
        assertThat(roles.get("shop/web/tls")
                        .decide(new Ask.ServerName(Ascii.of("pay.shop.example.com")), Asks.PEER)
                        .rule())
                .isEqualTo("pay");
    }

    /** The golden configuration with one value replaced. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            /loops                                  | -1                | loops: must be from 0 to 1024
            /admin/address                          | "localhost"       | admin.address: 'localhost' is not an IP address
            /admin/port                             | 70000             | admin.port: 70000 is not a port: it must be from 0 to 65535
            /listeners/0/name                       | ""                | listeners[0].name: must not be empty
            /listeners/1/name                       | "shop/egress/mixed" | listeners[1].name: 'shop/egress/mixed' is there twice: it must be unique
            /listeners/0/address                    | "0.0.0"           | listeners[0].address: '0.0.0' is not an IP address
            /listeners/0/port                       | -1                | listeners[0].port: -1 is not a port: it must be from 0 to 65535
            /listeners/1/port                       | 3128              | listeners[1].port: 3128 is taken by listener 'shop/egress/mixed' of shop/egress already
            /listeners/0/port                       | 15020             | listeners[0].port: 15020 is taken by the admin endpoints already
            /listeners/0/publicPort                 | 65536             | listeners[0].publicPort: 65536 is not a port: it must be from 0 to 65535
            /listeners/0/policy                     | "shop/web"        | listeners[0].policy: there is no 'shop/web' in forwards
            /listeners/1/policy                     | "shop/egress"     | listeners[1].policy: there is no 'shop/egress' in reverses
            /listeners/0/protocols                  | []                | listeners[0].protocols: name at least one
            /listeners/1/protocols                  | ["CONNECT"]       | listeners[1].protocols: CONNECT is for listeners of the forward role
            /listeners/0/limits/connections         | -1                | listeners[0].limits.connections: must be 0, which is no limit, or above
            /listeners/0/limits/connectionsPerAddress | -1              | listeners[0].limits.connectionsPerAddress: must be 0, which is no limit, or above
            /listeners/0/limits/bodyMinRate         | -1                | listeners[0].limits.bodyMinRate: must be 0, which is no limit, or above
            /listeners/0/protocols                  | ["TCP"]           | listeners[0].protocols: TLS and TCP are for listeners of the reverse role
            /listeners/3/protocols                  | ["TLS", "HTTP"]   | listeners[3].protocols: TLS and TCP stand alone
            /listeners/3/tls                        | {"certificates": ["a"], "minVersion": "TLS_1_2", "alpn": []} | listeners[3].tls: a listener that passes connections through does not end TLS: leave this out
            /listeners/1/proxyProtocol/trusted      | []                | listeners[1].proxyProtocol.trusted: name at least one prefix whose headers are believed
            /listeners/1/proxyProtocol/trusted/0    | "cluster"         | listeners[1].proxyProtocol.trusted[0]: 'cluster' is not a prefix: write an address and a length, such as 10.0.0.0/8 or fd00::/8
            /listeners/3/protocols/0                | "TCP"             | reverses[0].rules[2].serverNames: listener 'shop/web/tls' does not pass TLS through: take the server names away, or name the listener that they are for
            /reverses/0/rules/2/serverNames         | ["*"]             | reverses[0].rules[2].serverNames[0]: '*' is not a server name: write shop.example.com or *.shop.example.com without a port, or no server name at all to serve what no other rule names
            /reverses/0/rules/2/serverNames         | ["[::1]"]         | reverses[0].rules[2].serverNames[0]: '[::1]' is not a server name: write shop.example.com or *.shop.example.com without a port, or no server name at all to serve what no other rule names
            /reverses/0/rules/2/listener            | "shop/web/http"   | reverses[0].rules[2].serverNames: listener 'shop/web/http' does not pass TLS through: take the server names away, or name the listener that they are for
            /reverses/0/rules/0/listener            | ""                | reverses[0].rules[0].matches: listener 'shop/web/tls' passes connections through and sees no requests: take the matches away, or name the listener that they are for
            /clusters/2/protocol                    | "TCP"             | reverses[0].rules[1].backends[0].cluster: 'shop/files:8080' speaks TCP, and listener 'shop/web/http' serves requests
            /listeners/3/redirectPort               | 443               | listeners[3].redirectPort: a listener that passes connections through sees no requests: leave this out
            /listeners/3/protocols                  | ["TRANSPARENT"]   | listeners[3].protocols: TRANSPARENT is for listeners of the forward role
            /listeners/4/protocols                  | ["TRANSPARENT", "CONNECT"] | listeners[4].protocols: TRANSPARENT stands alone
            /listeners/4/tls                        | {"certificates": ["a"], "minVersion": "TLS_1_2", "alpn": []} | listeners[4].tls: what is redirected has no TLS that the relay could end: leave this out
            /listeners/4/proxyProtocol              | {"trusted": ["10.0.0.0/8"]} | listeners[4].proxyProtocol: what is redirected begins with no PROXY header: leave this out
            /listeners/0/limits/headerBytes         | 0                 | listeners[0].limits.headerBytes: must be above 0
            /listeners/0/limits/requestBodyBytes    | -1                | listeners[0].limits.requestBodyBytes: must be 0 or above
            /listeners/1/tls/certificates           | []                | listeners[1].tls.certificates: name at least one
            /listeners/1/tls/alpn/0                 | "h3"              | listeners[1].tls.alpn[0]: 'h3' is not known: it must be h2 or http/1.1
            /listeners/1/tls/clientCertificates/authorities | []        | listeners[1].tls.clientCertificates.authorities: name at least one
            /listeners/2/redirectPort               | 65536             | listeners[2].redirectPort: 65536 is not a port: it must be from 0 to 65535
            /listeners/1/redirectPort               | 443               | listeners[1].redirectPort: is for listeners of the reverse role without TLS
            /listeners/0/redirectPort               | 443               | listeners[0].redirectPort: is for listeners of the reverse role without TLS
            /clusters/2/tls/serverName              | "a b"             | clusters[2].tls.serverName: 'a b' is not a host name
            /clusters/2/tls/serverName              | "*.example.com"   | clusters[2].tls.serverName: '*.example.com' is not a host name
            /forwards/0/clients/0                   | "10.0.0.1/8"      | forwards[0].clients[0]: '10.0.0.1/8' has bits set beyond its length: write 10.0.0.0/8
            /forwards/0/connectPorts/0              | 0                 | forwards[0].connectPorts[0]: 0 is not a port: it must be from 1 to 65535
            /forwards/0/rules/1/name                | "allow[0]"        | forwards[0].rules[1].name: 'allow[0]' is there twice: it must be unique
            /forwards/0/rules/0/hosts/1             | "*.*.com"         | forwards[0].rules[0].hosts[1]: '*.*.com' is not a host pattern: a * stands alone, or for all labels before a name as in *.example.com
            /forwards/0/rules/0/hosts               | []                | forwards[0].rules[0].hosts: name at least one host, or * for all
            /forwards/0/rules/1/ports/1             | 65536             | forwards[0].rules[1].ports[1]: 65536 is not a port: it must be from 1 to 65535
            /forwards/0/rules/1/methods/0           | "GET /"           | forwards[0].rules[1].methods[0]: 'GET /' is not a method
            /forwards/0/guards/except/0             | "10.1.2.3/32:0"   | forwards[0].guards.except[0]: '10.1.2.3/32:0': the port behind the colon must be from 1 to 65535
            /forwards/0/guards/clusterRanges/1      | "cluster"         | forwards[0].guards.clusterRanges[1]: 'cluster' is not a prefix: write an address and a length, such as 10.0.0.0/8 or fd00::/8
            /reverses/0/hostnames/1                 | "*"               | reverses[0].hostnames[1]: '*' is not a hostname: write shop.example.com or *.shop.example.com without a port, or no hostname at all to serve every host
            /reverses/0/hostnames/0                 | "shop.example:80" | reverses[0].hostnames[0]: 'shop.example:80' is not a hostname: write shop.example.com or *.shop.example.com without a port, or no hostname at all to serve every host
            /reverses/0/trustedClients/0            | "*"               | reverses[0].trustedClients[0]: '*' is not a prefix: write an address and a length, such as 10.0.0.0/8 or fd00::/8
            /reverses/0/rules/0/name                | "rules[1]"        | reverses[0].rules[1].name: 'rules[1]' is there twice: it must be unique
            /reverses/0/rules/0/listener            | "http"            | reverses[0].rules[0].listener: no listener 'http' has this policy
            /reverses/0/rules/0/matches/0/path/value | "api"            | reverses[0].rules[0].matches[0].path.value: 'api' must begin with a slash
            /reverses/0/rules/0/matches/0/path/value | "/a b"           | reverses[0].rules[0].matches[0].path.value: '/a b' has a character that no path has: write it percent-encoded
            /reverses/0/rules/0/matches/0/path/value | "/a?b"           | reverses[0].rules[0].matches[0].path.value: '/a?b' has a character that no path has: write it percent-encoded
            /reverses/0/rules/0/matches/0/path/value | "/a//b"          | reverses[0].rules[0].matches[0].path.value: '/a//b' must not have empty segments, '.' or '..': the paths of requests have none left
            /reverses/0/rules/0/matches/0/path/value | "/a/%2e%2E/b"    | reverses[0].rules[0].matches[0].path.value: '/a/%2e%2E/b' must not have empty segments, '.' or '..': the paths of requests have none left
            /reverses/0/rules/0/matches/0/path/value | "/a%2fb"         | reverses[0].rules[0].matches[0].path.value: '/a%2fb' has %2F: a request with it in its path is refused
            /reverses/0/rules/0/matches/0/path/value | "/a%2"           | reverses[0].rules[0].matches[0].path.value: '/a%2' has a % without two hexadecimal digits
            /reverses/0/rules/0/matches/0/method    | "G T"             | reverses[0].rules[0].matches[0].method: 'G T' is not a method
            /reverses/0/rules/0/matches/0/headers/0/name | "X-V"        | reverses[0].rules[0].matches[0].headers[0].name: 'X-V' is not a field name in lower case
            /reverses/0/rules/0/backends/0/weight   | 1000001           | reverses[0].rules[0].backends[0].weight: must be from 0 to 1000000
            /reverses/0/rules/0/backends/0/cluster  | "shop/gone:80"    | reverses[0].rules[0].backends[0].cluster: there is no 'shop/gone:80' in clusters
            /reverses/0/rules/0/backends/1/unresolved | ""              | reverses[0].rules[0].backends[1].cluster: must not be empty unless 'unresolved' says why
            /reverses/0/rules/0/retry/attempts      | -1                | reverses[0].rules[0].retry.attempts: must be from 0 to 100
            /clusters/1/id                          | "shop/api:80"     | clusters[1].id: 'shop/api:80' is there twice: it must be unique
            /clusters/0/endpoints/service           | ""                | clusters[0].endpoints.service: must not be empty
            /clusters/0/endpoints/fallback/address  | "api.shop.svc"    | clusters[0].endpoints.fallback.address: 'api.shop.svc' is not an IP address
            /clusters/2/endpoints/endpoints/1/port  | 0                 | clusters[2].endpoints.endpoints[1].port: 0 is not a port: it must be from 1 to 65535
            /clusters/3/endpoints/selector/1        | "tier"            | clusters[3].endpoints.selector[1]: 'tier' is not a label: write app=web
            /clusters/2/tls                         | null              | clusters[2].protocol: NEGOTIATED is agreed on in TLS: give the cluster 'tls', or say H2C
            /clusters/2/protocol                    | "H2C"             | clusters[2].protocol: H2C is HTTP/2 without TLS: leave out 'tls', or say HTTP2
            /clusters/2/connections/proxyProtocol   | "V1"              | clusters[2].connections.proxyProtocol: clients share connections of HTTP/2, and a header tells of one: use HTTP11 or TCP
            /clusters/2/connections/maxRequests     | -1                | clusters[2].connections.maxRequests: must be 0, which is no limit, or above
            /clusters/2/limits/connections          | -1                | clusters[2].limits.connections: must be 0, which is no limit, or above
            /clusters/2/limits/pendingRequests      | -1                | clusters[2].limits.pendingRequests: must be 0, which is no limit, or above
            /clusters/2/limits/parallelRequests     | -1                | clusters[2].limits.parallelRequests: must be 0, which is no limit, or above
            /clusters/2/health/active/path          | "healthz"         | clusters[2].health.active.path: 'healthz' must begin with a slash and have visible ASCII characters alone
            /clusters/2/health/active/path          | "/a b"            | clusters[2].health.active.path: '/a b' must begin with a slash and have visible ASCII characters alone
            /clusters/2/health/active/host          | "a b"             | clusters[2].health.active.host: 'a b' must have visible ASCII characters alone
            /clusters/2/health/active/statuses      | []                | clusters[2].health.active.statuses: name at least one range
            /clusters/2/health/active/statuses/0/first | 300               | clusters[2].health.active.statuses[0]: 300 to 299 is not a range of statuses from 200 to 599
            /clusters/2/health/active/interval      | "0s"              | clusters[2].health.active.interval: must be above 0s
            /clusters/2/health/active/timeout       | "0s"              | clusters[2].health.active.timeout: must be above 0s
            /clusters/2/health/active/unhealthyThreshold | 0                 | clusters[2].health.active.unhealthyThreshold: must be 1 or above
            /clusters/2/health/active/healthyThreshold | 0                 | clusters[2].health.active.healthyThreshold: must be 1 or above
            /clusters/2/health/passive/consecutiveErrors | 0                 | clusters[2].health.passive.consecutiveErrors: must be 1 or above
            /clusters/2/health/passive/baseEjection | "0s"              | clusters[2].health.passive.baseEjection: must be above 0s
            /clusters/2/health/passive/maxEjectionPercent | 101               | clusters[2].health.passive.maxEjectionPercent: must be from 1 to 100
            """)
    void saysWhatDoesNotFit(String pointer, String value, String message) throws Exception {
        JsonNode config = golden();
        String parent = pointer.substring(0, pointer.lastIndexOf('/'));
        String last = pointer.substring(pointer.lastIndexOf('/') + 1);
        JsonNode replacement = JSON.readTree(value);
        switch (config.at(parent)) {
            case ObjectNode object -> object.set(last, replacement);
            case ArrayNode array -> array.set(Integer.parseInt(last), replacement);
            default -> throw new AssertionError(pointer + " leads nowhere");
        }
        RelayConfig changed = RelayConfigCodec.read(config.toString().getBytes(UTF_8));
        assertThatThrownBy(() -> compile(changed))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessage(message);
    }

    @Test
    void wantsOneRuleForAListenerOfTcp() throws Exception {
        ObjectNode config = (ObjectNode) golden();
        ((ArrayNode) config.at("/listeners/3/protocols")).removeAll().add("TCP");
        ((ObjectNode) config.at("/reverses/0/rules/2")).remove("serverNames");
        RelayConfig changed = RelayConfigCodec.read(config.toString().getBytes(UTF_8));
        assertThatThrownBy(() -> compile(changed))
                .hasMessage("reverses[0].rules[2]: listener 'shop/web/tls' passes all to rule 'rules[1]' already: a"
                        + " listener of TCP has one rule");
    }

    @Test
    void refusesAFormatThatItDoesNotKnow() throws Exception {
        RelayConfig read = RelayConfigCodec.read(golden().toString().getBytes(UTF_8));
        RelayConfig later = new RelayConfig(
                2,
                read.sources(),
                read.loops(),
                read.admin(),
                read.listeners(),
                read.forwards(),
                read.reverses(),
                read.clusters(),
                read.telemetry(),
                read.drain());
        assertThatThrownBy(() -> compile(later)).hasMessage("format: 2 is not known: this relay reads [1]");
    }

    @Test
    void letsListenersShareWhatDoesNotClash() throws Exception {
        ObjectNode config = (ObjectNode) golden();
        ((ObjectNode) config.at("/listeners/0")).put("address", "127.0.0.1").put("port", 8080);
        ((ObjectNode) config.at("/listeners/1")).put("address", "127.0.0.2").put("port", 8080);
        assertThat(compile(RelayConfigCodec.read(config.toString().getBytes(UTF_8))))
                .hasSize(5);
        ((ObjectNode) config.at("/listeners/0")).put("address", "0.0.0.0").put("port", 0);
        ((ObjectNode) config.at("/listeners/1")).put("address", "0.0.0.0").put("port", 0);
        assertThat(compile(RelayConfigCodec.read(config.toString().getBytes(UTF_8))))
                .hasSize(5);
    }
}
