package dev.sallyport.relay.passage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.RelayConfig;
import dev.sallyport.model.config.RelayConfigCodec;
import dev.sallyport.relay.detect.Hellos;
import dev.sallyport.relay.record.RecordedDecision;
import dev.sallyport.relay.rig.NameServer;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** A relay and its clients in a network namespace that {@link KernelRedirectTest} has made. */
final class KernelRedirect {
    static final String PASSED = "all is as it should be\n";

    /** Of the one the names are allowed, of the other the addresses. */
    private static final int NAMED_PORT = 4443;

    private static final int ADDRESS_PORT = 5432;

    /** What the namespace has. */
    enum Families {
        BOTH,
        IPV4
    }

    /**
     * @param client the address whose connections are redirected
     * @param address where they go to
     * @param named the address of the name that they tell
     */
    private record Family(String listener, String client, String address, String named) {
        static final Family IPV4 = new Family("v4", "192.0.2.10", "198.51.100.7", "203.0.113.9");
        static final Family IPV6 = new Family("v6", "2001:db8:a::10", "2001:db8:b::7", "2001:db8:c::9");
    }

    private KernelRedirect() {}

    public static void main(String[] arguments) throws Exception {
        Families families = Families.valueOf(arguments[0]);
        try (NameServer names = new NameServer(Map.of(
                        "v4.partner.test", List.of(Family.IPV4.named),
                        "v6.partner.test", List.of(Family.IPV6.named)));
                Rig rig = Rig.setup()
                        .nameServers(names.provider())
                        .config(config())
                        .start()) {
            redirects(rig, Family.IPV4);
            switch (families) {
                case BOTH -> redirects(rig, Family.IPV6);
                case IPV4 -> goesOnWithoutTheOther(rig);
            }
        }
        System.out.print(PASSED);
    }

    private static RelayConfig config() throws Exception {
        String listener =
                "{'name':'NAME','address':'ADDRESS','port':15701,'publicPort':15701,'role':'FORWARD','policy':'shop/egress',"
                        + "'protocols':['TRANSPARENT'],'limits':{'connections':0,'connectionsPerAddress':0,'headerBytes':32768,"
                        + "'requestBodyBytes':8388608,'headerTimeout':'10s','bodyMinRate':0,'idleTimeout':'60s'}}";
        return RelayConfigCodec.read(
                """
                {'format':1,'loops':2,'admin':{'address':'127.0.0.1','port':15790},'listeners':[V4,V6],
                 'forwards':[{'name':'shop/egress','mode':'ENFORCE','rules':[{'name':'partners','action':'ALLOW','mode':'ENFORCE',
                   'hosts':['*.partner.test:4443','198.51.100.7:5432','[2001:db8:b::7]:5432']}],
                  'guards':{'privateRanges':false},'connectPorts':[443],'disclosure':'ANONYMOUS','connectTimeout':'5s',
                  'responseTimeout':'30s','idleTimeout':'5m','lifetime':'0s'}],
                 'reverses':[],'clusters':[],'telemetry':{'accessLog':'NONE'},'drain':{'delay':'0s','grace':'1s'}}
                """.replace("V4", listener.replace("NAME", "v4").replace("ADDRESS", "127.0.0.1"))
                        .replace("V6", listener.replace("NAME", "v6").replace("ADDRESS", "::1"))
                        .replace('\'', '"')
                        .getBytes(StandardCharsets.UTF_8));
    }

    /** To anywhere, from an address whose connections are redirected. */
    private static Wire redirected(Family family, int port) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral(family.client), 0));
        socket.connect(new InetSocketAddress(InetAddress.ofLiteral(family.address), port), Wire.PATIENCE_MILLIS);
        return new Wire(socket);
    }

    private static Origin at(String address, int port, Origin.Script script) {
        return Origin.scripted(new InetSocketAddress(InetAddress.ofLiteral(address), port), script);
    }

    private static void redirects(Rig rig, Family family) throws Exception {
        byte[] hello = Hellos.of(family.listener + ".partner.test", "TLSv1.3");
        try (Origin address = at(family.address, ADDRESS_PORT, (wire, number) -> wire.send("address " + wire.read(3)));
                Origin named = at(family.named, NAMED_PORT, (wire, number) -> {
                    wire.send(wire.read(1).equals("G") ? "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nnamed" : "named");
                    wire.endOutput().readAll();
                })) {
            try (Wire client = redirected(family, ADDRESS_PORT)) {
                assertThat(client.send("\0\1\2").readAll()).isEqualTo("address \0\1\2");
            }
            assertRecorded(rig, family, family.address, ADDRESS_PORT);
            try (Wire client = redirected(family, NAMED_PORT)) {
                assertThat(client.send(hello).readAll()).isEqualTo("named");
            }
            assertRecorded(rig, family, family.named, NAMED_PORT);
            try (Wire client = redirected(family, NAMED_PORT)) {
                client.send("GET / HTTP/1.1\r\nHost: " + family.listener + ".partner.test\r\n\r\n");
                assertThat(client.readResponse().body()).isEqualTo("named");
                assertRecorded(rig, family, family.named, NAMED_PORT);
                client.send("GET / HTTP/1.1\r\nHost: elsewhere.test\r\n\r\n");
                assertThat(client.readResponse().status()).isEqualTo(403);
                assertThat(rig.decision().allowed()).isFalse();
            }
            assertThat(rig.resets(family.listener)).isTrue();
            RecordedDecision direct = rig.decision();
            assertThat(direct.allowed()).isFalse();
            assertThat(direct.original()).isEmpty();
            assertThat(rig.faults("not_redirected")).isPositive();
            assertThat(address.accepted()).isOne();
            assertThat(named.accepted()).isEqualTo(2);
        }
    }

    private static void assertRecorded(Rig rig, Family family, String upstream, int port) throws Exception {
        RecordedDecision decision = rig.decision();
        assertThat(decision.original()).isEqualTo(text(family.address, port));
        assertThat(decision.upstream()).isEqualTo(text(upstream, port));
        assertThat(decision.clientAddress()).isEqualTo(NetUtil.toAddressString(InetAddress.ofLiteral(family.client)));
        assertThat(decision.rule()).isEqualTo("partners");
        assertThat(decision.listener()).isEqualTo(family.listener);
    }

    private static String text(String address, int port) {
        return NetUtil.toSocketAddressString(new InetSocketAddress(InetAddress.ofLiteral(address), port));
    }

    private static void goesOnWithoutTheOther(Rig rig) throws Exception {
        rig.apply(rig.config());
        assertThat(rig.server().addresses()).containsOnlyKeys("v4");
        assertThat(rig.events().lines().filter(line -> line.contains("listener-left-out")))
                .singleElement()
                .asString()
                .contains("\"listener\":\"v6\"");
    }
}
