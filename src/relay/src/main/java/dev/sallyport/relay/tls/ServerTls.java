package dev.sallyport.relay.tls;

import dev.sallyport.model.config.InvalidConfigException;
import dev.sallyport.model.config.ListenerTls;
import dev.sallyport.model.config.ListenerTls.ClientCertificates;
import dev.sallyport.model.config.SecretBundle;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * How one listener ends TLS: its certificates, ready to be shown. All loops share it. It is left alone by a new
 * configuration that says the same with the same secrets, and so are its session tickets, which hold for one certificate
 * of one listener: what was asked of a client elsewhere says nothing here.
 */
public final class ServerTls {
    private final List<Shown> shown;
    private final boolean asksClients;

    private ServerTls(List<Shown> shown, boolean asksClients) {
        this.shown = shown;
        this.asksClients = asksClients;
    }

    /**
     * Compiles it.
     *
     * @param path of {@code config}, for complaints
     * @throws InvalidConfigException when the secrets lack something, or have what is not usable
     */
    static ServerTls of(ListenerTls config, SecretBundle secrets, String path, Provider provider)
            throws InvalidConfigException {
        ClientCertificates wanted = config.clientCertificates();
        List<X509Certificate> authorities = wanted == null
                ? List.of()
                : Trust.authorities(wanted.authorities(), secrets, path + ".clientCertificates");
        List<Identity> identities = new ArrayList<>();
        for (int i = 0; i < config.certificates().size(); i++) {
            String name = config.certificates().get(i);
            try {
                identities.add(Identity.of(name, secrets));
            } catch (IllegalArgumentException e) {
                throw new InvalidConfigException(
                        path + ".certificates[" + i + "]: '" + name + "': " + e.getMessage(), e);
            }
        }
        List<Shown> shown = new ArrayList<>();
        try {
            for (Identity identity : identities) {
                SslContextBuilder builder = SslContextBuilder.forServer(identity.key(), identity.chainArray())
                        .clientAuth(asked(wanted))
                        .trustManager(wanted == null ? Trust.NOBODY : Trust.in(authorities, provider));
                shown.add(Shown.of(identity, provider.with(builder, versions(config.minVersion()), config.alpn())));
            }
        } catch (SSLException e) {
            shown.forEach(Shown::release);
            throw new InvalidConfigException(path + ": TLS cannot be served with it: " + e.getMessage(), e);
        }
        return new ServerTls(List.copyOf(shown), wanted != null);
    }

    private static ClientAuth asked(@Nullable ClientCertificates wanted) {
        if (wanted == null) {
            return ClientAuth.NONE;
        }
        return switch (wanted.mode()) {
            case REQUIRED -> ClientAuth.REQUIRE;
            case OPTIONAL -> ClientAuth.OPTIONAL;
        };
    }

    private static List<String> versions(ListenerTls.Version oldest) {
        return switch (oldest) {
            case TLS_1_2 -> List.of("TLSv1.3", "TLSv1.2");
            case TLS_1_3 -> List.of("TLSv1.3");
        };
    }

    /**
     * Begins with a client: its handler stands first in the pipeline and gets all from the hello on. On a loop.
     *
     * @param serverName that the client asks for, in lower case; empty: none
     * @param takesEcdsa whether it takes certificates whose keys sign by a scheme
     */
    public Handshake begin(ByteBufAllocator allocator, String serverName, IntPredicate takesEcdsa) {
        Shown chosen = choose(serverName, takesEcdsa);
        return new Handshake(
                chosen.newHandler(allocator), serverName, chosen.identity().names());
    }

    private Shown choose(String serverName, IntPredicate takesEcdsa) {
        List<Shown> fit = fitting(serverName);
        Shown other = fit.getFirst();
        for (Shown each : fit) {
            if (each.identity().isEcdsa() && takesEcdsa.test(each.identity().ecdsaScheme())) {
                return each;
            }
            if (other.identity().isEcdsa() && !each.identity().isEcdsa()) {
                other = each;
            }
        }
        return other;
    }

    /** Those for exactly the name, else those for it by a wildcard, else the first with those that are for the same. */
    private List<Shown> fitting(String serverName) {
        List<Shown> exact = shown.stream()
                .filter(each -> each.identity().names().exact().contains(serverName))
                .toList();
        List<Shown> fit = !exact.isEmpty()
                ? exact
                : shown.stream()
                        .filter(each -> each.identity().names().coverByWildcard(serverName))
                        .toList();
        return !fit.isEmpty()
                ? fit
                : shown.stream()
                        .filter(each -> each.identity()
                                .names()
                                .equals(shown.getFirst().identity().names()))
                        .toList();
    }

    /** Whether a handshake failed for the certificate of a client, which was missing or not good. */
    public static boolean isOfClientCertificate(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            String message = String.valueOf(each.getMessage());
            if (each instanceof CertificateException
                    || message.contains("PEER_DID_NOT_RETURN_A_CERTIFICATE")
                    || message.contains("Empty client certificate chain")) {
                return true;
            }
        }
        return false;
    }

    /** Whether clients are asked for certificates. */
    public boolean asksClients() {
        return asksClients;
    }

    /** Ends it for new handshakes; connections that have it go on. */
    void release() {
        shown.forEach(Shown::release);
    }

    /** A handshake with a client. */
    public static final class Handshake {
        private final SslHandler handler;
        private final String serverName;
        private final CertificateNames names;

        private Handshake(SslHandler handler, String serverName, CertificateNames names) {
            this.handler = handler;
            this.serverName = serverName;
            this.names = names;
        }

        public SslHandler handler() {
            return handler;
        }

        /** What was agreed on, when it is done. */
        public SecureSession agreed() {
            return SecureSession.of(handler, serverName, names);
        }
    }
}
