package dev.sallyport.model.role;

import dev.sallyport.model.config.InvalidConfigException;
import dev.sallyport.model.config.Listener;
import dev.sallyport.model.config.ListenerTls;
import dev.sallyport.model.config.OriginTls;
import dev.sallyport.model.config.RoleKind;
import dev.sallyport.model.name.HostPattern;
import java.util.Set;

/** Whether what is said of TLS makes sense. Whether the secrets are there is judged where they are loaded. */
final class TlsFit {
    private static final Set<String> ALPN = Set.of("h2", "http/1.1");

    private TlsFit() {}

    static void check(Listener listener, At at) throws InvalidConfigException {
        At redirect = at.field("redirectPort");
        redirect.port(listener.redirectPort(), 0);
        redirect.require(
                listener.redirectPort() == 0 || listener.role() == RoleKind.REVERSE && listener.tls() == null,
                "is for listeners of the reverse role without TLS");
        ListenerTls tls = listener.tls();
        if (tls == null) {
            return;
        }
        At here = at.field("tls");
        here.field("certificates").require(!tls.certificates().isEmpty(), "name at least one");
        for (int i = 0; i < tls.alpn().size(); i++) {
            String protocol = tls.alpn().get(i);
            here.item("alpn", i)
                    .require(ALPN.contains(protocol), "'" + protocol + "' is not known: it must be h2 or http/1.1");
        }
        if (tls.clientCertificates() != null) {
            here.field("clientCertificates")
                    .field("authorities")
                    .require(!tls.clientCertificates().authorities().isEmpty(), "name at least one");
        }
    }

    static void check(OriginTls tls, At at) throws InvalidConfigException {
        at.field("serverName").require(isHost(tls.serverName()), "'" + tls.serverName() + "' is not a host name");
    }

    private static boolean isHost(String name) {
        try {
            HostPattern host = HostPattern.parse(name);
            return host.port() == 0
                    && (host.kind() == HostPattern.Kind.EXACT || host.kind() == HostPattern.Kind.ADDRESS);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
