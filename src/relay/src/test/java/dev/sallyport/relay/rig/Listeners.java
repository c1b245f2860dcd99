package dev.sallyport.relay.rig;

import dev.sallyport.model.config.Listener;
import dev.sallyport.model.config.Listener.Protocol;
import dev.sallyport.model.config.ProxyProtocolSource;
import java.util.List;
import java.util.function.UnaryOperator;

/** Listeners with one part changed. */
public final class Listeners {
    private Listeners() {}

    public static UnaryOperator<Listener> speaking(Protocol protocol) {
        return l -> of(l, List.of(protocol), l.proxyProtocol());
    }

    /** Wants PROXY headers, from these peers. */
    public static UnaryOperator<Listener> behind(String... trusted) {
        return l -> of(l, l.protocols(), new ProxyProtocolSource(List.of(trusted)));
    }

    private static Listener of(Listener l, List<Protocol> protocols, ProxyProtocolSource source) {
        return new Listener(
                l.name(),
                l.address(),
                l.port(),
                l.publicPort(),
                l.role(),
                l.policy(),
                protocols,
                l.limits(),
                l.tls(),
                source,
                l.redirectPort());
    }
}
