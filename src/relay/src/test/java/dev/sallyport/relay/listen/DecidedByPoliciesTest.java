package dev.sallyport.relay.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.model.config.InvalidConfigException;
import dev.sallyport.model.config.RelayConfig;
import dev.sallyport.model.config.RelayConfigCodec;
import dev.sallyport.relay.record.RecordedDecision;
import dev.sallyport.relay.rig.NameServer;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A configuration as the operator writes it, served with the decisions of the model. */
class DecidedByPoliciesTest {
    private static RelayConfig config(Origin origin, String mode, String reverseRule) throws InvalidConfigException {
        String limits = "{'connections':0,'connectionsPerAddress':0,'headerBytes':32768,'requestBodyBytes':8388608,"
                + "'headerTimeout':'10s','bodyMinRate':0,'idleTimeout':'60s'}";
        String json = """
                {'format':1,'loops':1,'admin':{'address':'127.0.0.1','port':15090},
                 'listeners':[
                  {'name':'web','address':'127.0.0.1','port':0,'publicPort':80,'role':'REVERSE','policy':'shop/web',
                   'protocols':['HTTP'],'limits':LIMITS},
                  {'name':'proxy','address':'127.0.0.1','port':0,'publicPort':3128,'role':'FORWARD',
                   'policy':'shop/egress','protocols':['HTTP','CONNECT'],'limits':LIMITS}],
                 'forwards':[{'name':'shop/egress','mode':'MODE','rules':[
                   {'name':'partners','action':'ALLOW','mode':'ENFORCE','hosts':['*.partner.test:ORIGIN','127.0.0.1:ORIGIN']}],
                   'guards':{'privateRanges':true,'except':['127.0.0.1/32:ORIGIN']},'connectPorts':[443],
                   'disclosure':'ANONYMOUS','connectTimeout':'5s','responseTimeout':'30s','idleTimeout':'5m','lifetime':'0s'}],
                 'reverses':[{'name':'shop/web','hostnames':['shop.example'],'trustedClients':[],'rules':[RULE]}],
                 'clusters':[{'id':'shop/web:80','endpoints':{'from':'fixed','endpoints':[{'address':'127.0.0.1','port':ORIGIN}]},
                   'balancing':'LEAST_REQUEST','connectTimeout':'2s'}],
                 'telemetry':{'accessLog':'NONE'},'drain':{'delay':'0s','grace':'1s'}}
                """.replace("LIMITS", limits)
                .replace("RULE", reverseRule)
                .replace("MODE", mode)
                .replace("ORIGIN", String.valueOf(origin.address().getPort()))
                .replace('\'', '"');
        return RelayConfigCodec.read(json.getBytes(StandardCharsets.UTF_8));
    }

    private static final String ALL_TO_WEB = "{'name':'all','backends':[{'cluster':'shop/web:80','weight':1}],"
            + "'requestTimeout':'30s','backendTimeout':'0s','retry':{'attempts':1}}";

    private static String get(String host, int port) {
        return "GET http://" + host + ":" + port + "/ HTTP/1.1\r\nHost: x\r\n\r\n";
    }

    @Test
    void forwardsWhatARuleAllowsToAddressesThatNoGuardHolds() throws Exception {
        try (Origin origin = Origin.saying("hello");
                NameServer names = new NameServer(Map.of(
                        "good.partner.test", List.of("127.0.0.1"),
                        "mixed.partner.test", List.of("127.0.0.2", "127.0.0.1"),
                        "bad.partner.test", List.of("127.0.0.2")));
                Rig rig = Rig.setup()
                        .nameServers(names.provider())
                        .config(config(origin, "ENFORCE", ALL_TO_WEB))
                        .start();
                Wire client = rig.connect("proxy")) {
            int port = origin.address().getPort();
            for (String host : List.of("good.partner.test", "Mixed.Partner.TEST", "127.0.0.1")) {
                client.send(get(host, port));
                assertThat(client.readResponse().body()).as(host).isEqualTo("hello");
                RecordedDecision decision = rig.decision();
                assertThat(decision.rule()).isEqualTo("partners");
                assertThat(decision.policy()).isEqualTo("shop/egress");
                assertThat(decision.upstream()).isEqualTo(origin.authority());
            }
            client.send(get("bad.partner.test", port));
            Wire.Response guarded = client.readResponse();
            assertThat(guarded.status()).isEqualTo(403);
            assertThat(guarded.field("proxy-status")).contains("error=destination_ip_prohibited");
            client.send(get("elsewhere.test", port));
            Wire.Response denied = client.readResponse();
            assertThat(denied.status()).isEqualTo(403);
            assertThat(denied.field("proxy-status")).contains("error=http_request_denied");
            client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(client.readResponse().status()).isEqualTo(400);
            assertThat(origin.requests())
                    .hasSize(3)
                    .allSatisfy(request ->
                            assertThat(request.fields()).doesNotContainKeys("via", "forwarded", "x-forwarded-for"));
        }
    }

    @Test
    void letsThroughInReportModeWhatItWouldHaveRefused() throws Exception {
        try (Origin origin = Origin.saying("hello");
                NameServer names = new NameServer(Map.of("elsewhere.test", List.of("127.0.0.1")));
                Rig rig = Rig.setup()
                        .nameServers(names.provider())
                        .config(config(origin, "REPORT", ALL_TO_WEB))
                        .start();
                Wire client = rig.connect("proxy")) {
            client.send(get("elsewhere.test", origin.address().getPort()));
            assertThat(client.readResponse().body()).isEqualTo("hello");
            RecordedDecision decision = rig.decision();
            assertThat(decision.allowed()).isTrue();
            assertThat(decision.overlookedDetail()).isNotEmpty();
        }
    }

    @Test
    void reversesOnlyTheHostsThatAreServed() throws Exception {
        try (Origin origin = Origin.saying("hello");
                Rig rig = Rig.setup()
                        .config(config(origin, "ENFORCE", ALL_TO_WEB))
                        .start();
                Wire client = rig.connect("web")) {
            client.send("GET / HTTP/1.1\r\nHost: shop.example\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n");
            assertThat(client.readResponse().body()).isEqualTo("hello");
            assertThat(origin.requests().getFirst().field("x-forwarded-for")).isEqualTo("127.0.0.1");
            client.send("GET http://" + origin.authority() + "/ HTTP/1.1\r\nHost: shop.example\r\n\r\n");
            Wire.Response other = client.readResponse();
            assertThat(other.status()).isEqualTo(404);
            assertThat(other.field("proxy-status")).contains("error=destination_not_found");
            client.send("CONNECT " + origin.authority() + " HTTP/1.1\r\nHost: shop.example\r\n\r\n");
            assertThat(client.readResponse().status()).isEqualTo(405);
            assertThat(origin.requests()).hasSize(1);
        }
    }

    @Test
    void failsClosedWhereARuleCouldNotBeResolved() throws Exception {
        String broken = "{'name':'all','backends':[{'weight':1,'unresolved':'Service shop/web does not exist'}],"
                + "'requestTimeout':'30s','backendTimeout':'0s','retry':{'attempts':1}}";
        try (Origin origin = Origin.saying("hello");
                Rig rig = Rig.setup().config(config(origin, "ENFORCE", broken)).start();
                Wire client = rig.connect("web")) {
            client.send("GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n");
            Wire.Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(500);
            assertThat(response.field("proxy-status")).contains("error=proxy_configuration_error");
        }
    }

    @Test
    void refusesAConfigurationWhosePartsDoNotFitAndGoesOn() throws Exception {
        try (Origin origin = Origin.saying("hello");
                Rig rig = Rig.setup()
                        .config(config(origin, "ENFORCE", ALL_TO_WEB))
                        .start();
                Wire client = rig.connect("web")) {
            RelayConfig bad = config(origin, "ENFORCE", ALL_TO_WEB.replace("shop/web:80", "shop/nowhere:80"));
            assertThatThrownBy(() -> rig.apply(bad))
                    .isInstanceOf(InvalidConfigException.class)
                    .hasMessageContaining("reverses[0].rules[0].backends[0].cluster");
            client.send("GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n");
            assertThat(client.readResponse().body()).isEqualTo("hello");
        }
    }
}
