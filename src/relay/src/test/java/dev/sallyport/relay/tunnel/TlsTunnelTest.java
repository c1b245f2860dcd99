package dev.sallyport.relay.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.ListenerTls;
import dev.sallyport.model.config.ListenerTls.Version;
import dev.sallyport.relay.record.Decision.End;
import dev.sallyport.relay.record.RecordedDecision;
import dev.sallyport.relay.rig.Authority;
import dev.sallyport.relay.rig.Authority.Secrets;
import dev.sallyport.relay.rig.Listeners;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import dev.sallyport.relay.tls.Provider;
import java.net.Socket;
import java.util.List;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tunnels whose client speaks TLS with the relay. */
class TlsTunnelTest {
    private static final Authority AUTHORITY = new Authority("authority");
    private static final ListenerTls TLS =
            new ListenerTls(List.of("proxy"), Version.TLS_1_2, List.of("http/1.1"), null);

    private static Rig.Setup forward(Provider provider) {
        return Rig.setup()
                .provider(provider)
                .forward()
                .tls(TLS)
                .secrets(new Secrets()
                        .certificate("proxy", AUTHORITY.issue("proxy.example"))
                        .bundle());
    }

    private static Wire secure(Socket plain) throws Exception {
        SSLSocketFactory factory = Authority.context(AUTHORITY).getSocketFactory();
        SSLSocket socket = (SSLSocket) factory.createSocket(plain, "proxy.example", 443, true);
        socket.startHandshake();
        return new Wire(socket);
    }

    private static Wire connect(Wire client, Origin origin) {
        client.send("CONNECT " + origin.authority() + " HTTP/1.1\r\nHost: " + origin.authority() + "\r\n\r\n");
        assertThat(client.readHead()).isEqualTo("HTTP/1.1 200 OK\r\n\r\n");
        return client;
    }

    @ParameterizedTest
    @EnumSource
    void carriesMuchAndEndsByCloseNotify(Provider provider) throws Exception {
        int size = 1 << 20;
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.send(wire.read(size)).endOutput();
                    wire.readAll();
                });
                Rig rig = forward(provider).start();
                Wire plain = rig.connect();
                Wire client = connect(secure(plain.socket()), origin)) {
            Thread.ofVirtual().start(() -> client.send(new byte[size]));
            // Fails when the end comes without close_notify.
            assertThat(client.readAll()).hasSize(size);
            client.close();
            RecordedDecision decision = rig.decision();
            assertThat(decision.requestBytes()).isEqualTo(size);
            assertThat(decision.responseBytes()).isEqualTo(size);
            assertThat(decision.end()).isIn(End.COMPLETE, End.CLIENT_CLOSED);
        }
    }

    @ParameterizedTest
    @EnumSource
    void takesAnEndWithoutCloseNotifyForACut(Provider provider) throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.send("begin");
                    assertThat(wire.ends()).isFalse();
                });
                Rig rig = forward(provider).start();
                Wire plain = rig.connect();
                Wire client = connect(secure(plain.socket()), origin)) {
            assertThat(client.read(5)).isEqualTo("begin");
            plain.endOutput();
            assertThat(rig.decision().end()).isEqualTo(End.CLIENT_CLOSED);
        }
    }

    @ParameterizedTest
    @EnumSource
    void readsAProxyHeaderBeforeTls(Provider provider) throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> wire.send("hi").readAll());
                Rig rig = forward(provider)
                        .listeners(Listeners.behind("127.0.0.0/8"))
                        .start();
                Wire plain = rig.connect()) {
            plain.send("PROXY TCP4 192.0.2.7 198.51.100.1 40000 443\r\n");
            try (Wire client = connect(secure(plain.socket()), origin)) {
                assertThat(client.read(2)).isEqualTo("hi");
            }
            RecordedDecision decision = rig.decision();
            assertThat(decision.clientAddress()).isEqualTo("192.0.2.7");
            assertThat(decision.tls()).isEqualTo("TLSv1.3");
        }
    }
}
