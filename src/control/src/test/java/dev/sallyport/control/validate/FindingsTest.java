package dev.sallyport.control.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.control.Control;
import dev.sallyport.control.Objects;
import dev.sallyport.control.input.References;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FindingsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {allow: ["*.com"]}                                        | spec.allow[0]: '*.com' is a wildcard on a public suffix
            {allow: [.co.uk]}                                         | spec.allow[0]: '.co.uk' is a wildcard on a public suffix
            {allow: ["*.github.io"]}                                  | spec.allow[0]: '*.github.io' takes in names that the owner of github.io gives to others
            {allow: ["*"]}                                            | spec.allow[0]: * makes an open proxy
            {allow: [-a.example]}                                     | spec.allow[0]: '-a.example' is not a host pattern
            {allow: ["a.example:0"]}                                  | spec.allow[0]: 'a.example:0' is not a host pattern
            {allow: [127.1]}                                          | spec.allow[0]: '127.1' is not a host pattern
            {allow: ["a.*.example"]}                                  | spec.allow[0]: 'a.*.example' is not a host pattern
            {allow: [a.example, A.EXAMPLE]}                           | spec.allow[1]: 'a.example' is allowed already by 'a.example' of spec.allow[0]
            {rules: [{allow: {hosts: []}}]}                           | spec.rules[0].allow.hosts: is empty
            {rules: [{name: x}]}                                      | spec.rules[0]: has none or both of allow and deny
            {rules: [{deny: {hosts: [a.example]}}, {allow: {hosts: [a.example]}}]} | spec.rules[1].allow.hosts[0]: 'a.example' is denied whatever allows it
            {rules: [{deny: {hosts: ["*"]}}, {deny: {hosts: [a.example]}}]} | spec.rules[1].deny.hosts[0]: 'a.example' is denied already
            {clients: {from: [{cidr: 0.0.0.0/0}]}}                    | spec.clients.from[0].cidr: 0.0.0.0/0 lets every address use the proxy
            {clients: {from: [{cidr: 10.0.0.0/33}]}}                  | spec.clients.from[0].cidr: '10.0.0.0/33'
            {guards: {privateRanges: {except: ["[::1/128]:80", 1.2.3.4/8]}}} | spec.guards.privateRanges.except[1]: '1.2.3.4/8' has bits set beyond its length
            {listeners: {mixed: {port: 5090}}}                        |
            {listeners: {mixed: {port: 15090}}}                       | spec.listeners.mixed.port: port 15090 is the one on which relays answer
            {listeners: {proxyProtocol: {trustedCIDRs: ["::/0"]}}} | spec.listeners.proxyProtocol.trustedCIDRs[0]: ::/0 lets every client choose the address
            {timeouts: {connect: 1ms}}                                | spec.timeouts.connect: 1ms is out of range; give a duration from 10ms to 5m
            {timeouts: {lifetime: 0s}}                                |
            {drain: {delay: 6m}}                                      | spec.drain.delay: 6m is out of range
            {infrastructure: {resources: {limits: {cpu: "0"}}}}       | spec.infrastructure.resources.limits.cpu: '0' is not an amount
            {infrastructure: {resources: {limits: {cpu: 50m}}}}       |
            {infrastructure: {resources: {requests: {memory: 1Gi}}}}  |
            """)
    void aboutForwardProxies(String spec, String finding) {
        var findings = Control.plan(Objects.forward(spec), Objects.PODS).allFindings();
        if (finding == null) {
            assertThat(findings).isEmpty();
        } else {
            assertThat(findings).singleElement().asString().startsWith(finding);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {}                                                        | spec: none or both of backendRefs and rules
            {backendRefs: [{name: a, port: 80}], hostnames: [shop.example, "*.co.uk"]} |
            {backendRefs: [{name: a, port: 80}], hostnames: [.shop.example]} | spec.hostnames[0]: '.shop.example' is not a host name
            {backendRefs: [{name: a, port: 80}], hostnames: [192.0.2.1]} | spec.hostnames[0]: '192.0.2.1' is not a host name
            {backendRefs: [{name: a, port: 80}], hostnames: [a.example, A.example]} | spec.hostnames[1]: 'A.example' is in the list already
            {backendRefs: [{name: a, port: 80}], listeners: [{name: a, port: 80}, {name: b, port: 10080}]} | spec.listeners[1].port: port 10080 is taken by listener a, whose port 80 is bound as 10080
            {backendRefs: [{name: a, port: 80}], listeners: [{name: a, port: 80}, {name: a, port: 81}]} | spec.listeners[1].name: 'a' is the name of another listener too
            {backendRefs: [{name: a, port: 80}], client: {clientAddress: {trustedCIDRs: ["::/0"]}}} | spec.client.clientAddress.trustedCIDRs[0]: ::/0 lets every client choose the address
            {backendRefs: [{name: a, port: 80}], client: {limits: {headerBytes: 2Mi}}} | spec.client.limits.headerBytes: 2Mi is not a number of bytes that can be taken; give one from 1Ki to 1Mi
            {backendRefs: [{name: a, port: 80}], client: {proxyProtocol: {trustedCIDRs: [10.0.0.1/8]}}} | spec.client.proxyProtocol.trustedCIDRs[0]: '10.0.0.1/8' has bits set beyond its length
            {backendRefs: [{name: a, port: 80}], client: {proxyProtocol: {trustedCIDRs: [0.0.0.0/0]}}} | spec.client.proxyProtocol.trustedCIDRs[0]: 0.0.0.0/0 lets every client choose the address
            {backendRefs: [{name: a, port: 80}], client: {limits: {bodyMinRate: -1}}} | spec.client.limits.bodyMinRate: -1 is out of range; give 0 to 1000000000
            {backendRefs: [{name: a, port: 80}], client: {limits: {connections: -1}}} | spec.client.limits.connections: -1 is out of range; give 0 to 1000000
            {backendRefs: [{name: a, port: 80}], client: {limits: {connectionsPerAddress: -1}}} | spec.client.limits.connectionsPerAddress: -1 is out of range; give 0 to 1000000
            {backendRefs: [{name: a, port: 80}], client: {limits: {requestBody: "-1"}}} | spec.client.limits.requestBody: -1 is not a number of bytes
            {backendRefs: [{name: a, port: 80, weight: 0}]}           | spec.backendRefs: all have weight 0
            {backendRefs: [{name: a, port: 80}], backends: [{name: b}]} | spec.backends[0].name: 'b' is a Service that no backendRefs name
            {backendRefs: [{name: a, port: 80}], backends: [{name: a, loadBalancer: {slowStart: 2h}}]} | spec.backends[0].loadBalancer.slowStart: 2h is out of range; give a duration from 1s to 1h, or 0s for no limit
            {backendRefs: [{name: a, port: 80}], backends: [{name: a, healthCheck: {active: {interval: 1ms}}}]} | spec.backends[0].healthCheck.active.interval: 1ms is out of range; give a duration from 100ms to 1h
            {backendRefs: [{name: a, port: 80}], backends: [{name: a, healthCheck: {active: {timeout: 1h}}}]} | spec.backends[0].healthCheck.active.timeout: 1h is out of range
            {backendRefs: [{name: a, port: 80}], backends: [{name: a, healthCheck: {active: {unhealthyThreshold: 0}}}]} | spec.backends[0].healthCheck.active.unhealthyThreshold: 0 is out of range; give 1 to 100
            {backendRefs: [{name: a, port: 80}], backends: [{name: a, healthCheck: {active: {healthyThreshold: 101}}}]} | spec.backends[0].healthCheck.active.healthyThreshold: 101 is out of range
            {backendRefs: [{name: a, port: 80}], backends: [{name: a, healthCheck: {active: {http: {path: /, statuses: [299-200]}}}}]} | spec.backends[0].healthCheck.active.http.statuses[0]: '299-200' ends before it begins; write 200-299
            {backendRefs: [{name: a, port: 80}], backends: [{name: a, healthCheck: {active: {http: {path: /, statuses: [ok]}}}}]} | spec.backends[0].healthCheck.active.http.statuses[0]: 'ok' is neither a status nor a range of them
            {backendRefs: [{name: a, port: 80}], backends: [{name: a, healthCheck: {passive: {consecutiveErrors: -1}}}]} | spec.backends[0].healthCheck.passive.consecutiveErrors: -1 is out of range; give 0 to 1000
            {backendRefs: [{name: a, port: 80}], backends: [{name: a, healthCheck: {passive: {baseEjection: 2h}}}]} | spec.backends[0].healthCheck.passive.baseEjection: 2h is out of range
            {backendRefs: [{name: a, port: 80}], backends: [{name: a, healthCheck: {passive: {maxEjectionPercent: 0}}}]} | spec.backends[0].healthCheck.passive.maxEjectionPercent: 0 is out of range; give 1 to 100
            {backendRefs: [{name: a, port: 80}], backends: [{name: a, circuitBreaker: {connections: -1}}]} | spec.backends[0].circuitBreaker.connections: -1 is out of range; give 0 to 1000000
            {backendRefs: [{name: a, port: 80}], backends: [{name: a, circuitBreaker: {pendingRequests: -1}}]} | spec.backends[0].circuitBreaker.pendingRequests: -1 is out of range
            {backendRefs: [{name: a, port: 80}], backends: [{name: a, circuitBreaker: {parallelRequests: -1}}]} | spec.backends[0].circuitBreaker.parallelRequests: -1 is out of range
            {backendRefs: [{name: a, port: 80}], backends: [{name: a, circuitBreaker: {queueTimeout: 0s}}]} | spec.backends[0].circuitBreaker.queueTimeout: 0s is out of range; give a duration from 1ms to 5m
            {backendRefs: [{name: a, port: 80}], backends: [{name: a, connection: {connectTimeout: 1h}}]} | spec.backends[0].connection.connectTimeout: 1h is out of range
            {backendRefs: [{name: a, port: 80}], backends: [{name: a, connection: {keepalive: 25h}}]} | spec.backends[0].connection.keepalive: 25h is out of range
            {backendRefs: [{name: a, port: 80}], backends: [{name: a, protocol: H2C, connection: {proxyProtocol: V2}}]} | spec.backends[0].connection.proxyProtocol: tells of one client, and clients share connections of H2C
            {backendRefs: [{name: a, port: 80}], backends: [{name: a, protocol: HTTP2, tls: {}, connection: {proxyProtocol: V2}}]} | spec.backends[0].connection.proxyProtocol: tells of one client, and clients share connections of HTTP2
            {backendRefs: [{name: a, port: 80}], backends: [{name: a, protocol: H2C, tls: {}}]} | spec.backends[0].protocol: H2C is HTTP/2 without TLS, and tls is given for the same Service; say HTTP2, or leave tls out
            {backendRefs: [{name: a, port: 80}], backends: [{name: a, protocol: H2C}, {name: "*", tls: {}}]} | spec.backends[0].protocol: H2C is HTTP/2 without TLS
            {backendRefs: [{name: a, port: 80}], backends: [{name: a, protocol: HTTP2}]} | spec.backends[0].protocol: HTTP2 is agreed on in TLS, and no tls is given for it; give tls, or say H2C
            {backendRefs: [{name: a, port: 80}], backends: [{name: a, protocol: HTTP2}, {name: "*", tls: {}}]} |
            {backendRefs: [{name: a, port: 80}], backends: [{name: a, connection: {maxRequests: -1}}]} | spec.backends[0].connection.maxRequests: -1 is out of range
            {listeners: [{name: p, port: 1, protocol: TCP}], backendRefs: [{name: a, port: 80}]} |
            {listeners: [{name: p, port: 1, protocol: TCP}], rules: [{listener: p, hostnames: [a.example], backendRefs: [{name: a, port: 80}]}]} | spec.rules[0].hostnames: is for listeners of TLS, and 'p' reads no server name
            {listeners: [{name: p, port: 1, protocol: TCP}], rules: [{listener: p, matches: [{method: GET}], backendRefs: [{name: a, port: 80}]}]} | spec.rules[0].matches: is for requests, and the listener passes connections through unread
            {listeners: [{name: p, port: 1, protocol: TCP}], rules: [{listener: p, timeouts: {}, backendRefs: [{name: a, port: 80}]}]} | spec.rules[0].timeouts: is for requests, and the listener passes connections through unread; remove it; spec.timeouts.idle and lifetime hold
            {rules: [{hostnames: [a.example], backendRefs: [{name: a, port: 80}]}]} | spec.rules[0].hostnames: is for listeners of TLS, which pass connections through
            {listeners: [{name: p, port: 1, protocol: TLS}], rules: [{listener: p, hostnames: [.a.example], backendRefs: [{name: a, port: 80}]}]} | spec.rules[0].hostnames[0]: '.a.example' is not a host name
            {listeners: [{name: h, port: 2}, {name: p, port: 1, protocol: TLS}], rules: [{backendRefs: [{name: a, port: 80}]}]} | spec.listeners: 'p' passes connections through and has no rule, so it closes all; give it a rule with listener: p, or remove it
            {listeners: [{name: p, port: 1, protocol: TLS}], rules: [{listener: p, hostnames: [A.example], backendRefs: [{name: a, port: 80}]}, {listener: p, hostnames: [a.example], backendRefs: [{name: a, port: 80}]}]} | spec.rules[1].hostnames[0]: never takes a connection, because spec.rules[0].hostnames[0] is the same and comes first
            {listeners: [{name: p, port: 1, protocol: TCP}], rules: [{listener: p, backendRefs: [{name: a, port: 80}]}, {listener: p, backendRefs: [{name: a, port: 80}]}]} | spec.rules[1].listener: 'p' passes all to spec.rules[0] already, and a listener of TCP has one rule
            {rules: [{backendRefs: [{name: a, port: 80}], matches: [{headers: [{name: A, value: x}, {name: a, value: y}]}]}]} | spec.rules[0].matches[0].headers[1]: 'a' has a condition already
            {rules: [{backendRefs: [{name: a, port: 80}], matches: [{headers: [{name: "a:", value: x}]}]}]} | spec.rules[0].matches[0].headers[0].name: 'a:' is not the name of a field
            {rules: [{backendRefs: [{name: a, port: 80}], matches: [{headers: [{name: a, value: " x"}]}]}]} | spec.rules[0].matches[0].headers[0].value: has control characters, or space around it
            {rules: [{backendRefs: [{name: a, port: 80}], matches: [{path: {value: /a/./b}}]}]} | spec.rules[0].matches[0].path.value: '/a/./b' matches no request, because the paths of requests are normalised first; write /a/b
            {rules: [{backendRefs: [{name: a, port: 80}], listener: x}]} | spec.rules[0].listener: 'x' is not among spec.listeners
            {rules: [{backendRefs: [{name: a, port: 80}], timeouts: {request: 25h}}]} | spec.rules[0].timeouts.request: 25h is out of range; give a duration from 1ms to 24h, or 0s for no limit
            {backendRefs: [{name: a, port: 80}], timeouts: {idle: 0s}} | spec.timeouts.idle: 0s is out of range; give a duration from 1s to 24h
            {backendRefs: [{name: a, port: 80}], timeouts: {lifetime: 31h}} |
            {backendRefs: [{name: a, port: 80}], timeouts: {lifetime: 721h}} | spec.timeouts.lifetime: 721h is out of range; give a duration from 1s to 720h, or 0s for no limit
            {backendRefs: [{name: a, port: 80}], client: {limits: {idleTimeout: 25h}}} | spec.client.limits.idleTimeout: 25h is out of range
            {rules: [{backendRefs: [{name: a, port: 80}]}, {listener: http, backendRefs: [{name: a, port: 80}]}]} | spec.rules[1]: never takes a request, because spec.rules[0] is the same and comes first
            """)
    void aboutReverseProxies(String spec, String finding) {
        var findings = Control.plan(Objects.reverse(spec), References.NONE, Objects.PODS)
                .allFindings();
        if (finding == null) {
            assertThat(findings).isEmpty();
        } else {
            assertThat(findings).singleElement().asString().startsWith(finding);
        }
    }

    @Test
    void portsAreNotMovedInThisProcess() {
        var proxy = Objects.reverse(
                "{backendRefs: [{name: a, port: 80}], listeners: [{name: a, port: 80}, {name: b, port: 10080}]}");
        assertThat(Control.plan(proxy, References.NONE, Objects.PROCESS).allFindings())
                .isEmpty();
    }
}
