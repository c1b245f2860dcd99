package dev.sallyport.relay.tls;

import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.InvalidConfigException;
import dev.sallyport.model.config.OriginTls;
import dev.sallyport.model.config.SecretBundle;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * How TLS is begun with the endpoints of one cluster: their certificates must be valid for its server name. All loops
 * share it, and the sessions in it that are used again.
 */
public final class ClientTls {
    private static final List<String> VERSIONS = List.of("TLSv1.3", "TLSv1.2");

    private final SslContext context;
    private final String serverName;
    private final boolean demandsHttp2;
    private final @Nullable ClientTls withoutHttp2;

    private ClientTls(SslContext context, String serverName, boolean demandsHttp2, @Nullable ClientTls withoutHttp2) {
        this.context = context;
        this.serverName = serverName;
        this.demandsHttp2 = demandsHttp2;
        this.withoutHttp2 = withoutHttp2;
    }

    /**
     * Compiles it.
     *
     * @param path of {@code config}, for complaints
     * @throws InvalidConfigException when the secrets lack something, or have what is not usable
     */
    static ClientTls of(
            OriginTls config, Cluster.Protocol protocol, SecretBundle secrets, String path, Provider provider)
            throws InvalidConfigException {
        SslContextBuilder builder = believing(Trust.authorities(config.authorities(), secrets, path), provider);
        if (!config.certificate().isEmpty()) {
            try {
                Identity identity = Identity.of(config.certificate(), secrets);
                builder.keyManager(identity.key(), identity.chainArray());
            } catch (IllegalArgumentException e) {
                throw new InvalidConfigException(
                        path + ".certificate: '" + config.certificate() + "': " + e.getMessage(), e);
            }
        }
        try {
            ClientTls old = protocol == Cluster.Protocol.NEGOTIATED
                    ? new ClientTls(
                            context(provider, builder, Cluster.Protocol.HTTP11), config.serverName(), false, null)
                    : null;
            return new ClientTls(
                    context(provider, builder, protocol), config.serverName(), protocol == Cluster.Protocol.HTTP2, old);
        } catch (SSLException e) {
            throw new InvalidConfigException(path + ": TLS cannot be begun with it: " + e.getMessage(), e);
        }
    }

    private static SslContext context(Provider provider, SslContextBuilder builder, Cluster.Protocol protocol)
            throws SSLException {
        return provider.with(builder, VERSIONS, offered(protocol)).build();
    }

    /**
     * For a server of HTTP/1.1 beside the clusters.
     *
     * @param serverName a name, or an address without brackets
     * @param authorities a file of the certificates to believe, PEM
     * @throws IllegalArgumentException when the file has none, or what is not usable, with a message for people
     */
    public static ClientTls of(String serverName, byte[] authorities, Provider provider) {
        try {
            SslContextBuilder builder = believing(Pem.certificates(authorities), provider);
            return new ClientTls(context(provider, builder, Cluster.Protocol.HTTP11), serverName, false, null);
        } catch (SSLException e) {
            throw new IllegalArgumentException("TLS cannot be begun with it: " + e.getMessage(), e);
        }
    }

    private static SslContextBuilder believing(List<X509Certificate> authorities, Provider provider) {
        return SslContextBuilder.forClient()
                .trustManager(Trust.in(authorities, provider))
                .endpointIdentificationAlgorithm("HTTPS");
    }

    private static List<String> offered(Cluster.Protocol protocol) {
        return switch (protocol) {
            case HTTP11 -> List.of("http/1.1");
            case HTTP2 -> List.of("h2");
            case NEGOTIATED -> List.of("h2", "http/1.1");
            case H2C, TCP -> List.of();
        };
    }

    String serverName() {
        return serverName;
    }

    /** Whether an endpoint that does not choose HTTP/2 is none to go on with. */
    boolean demandsHttp2() {
        return demandsHttp2;
    }

    /** The same, but HTTP/1.1 is asked for alone. */
    public ClientTls withoutHttp2() {
        return withoutHttp2 == null ? this : withoutHttp2;
    }

    SslHandler newHandler(ByteBufAllocator allocator, InetSocketAddress address) {
        return new TlsHandler(context.newHandler(allocator, serverName, address.getPort()));
    }

    /**
     * TLS over a connection that blocks, not begun yet.
     *
     * @param port of the server
     */
    public SecureStream over(InputStream in, OutputStream out, int port) {
        return new SecureStream(
                context.newEngine(UnpooledByteBufAllocator.DEFAULT, serverName, port), serverName, in, out);
    }

    /** Ends it for new handshakes; connections that have it go on. */
    public void release() {
        ReferenceCountUtil.release(context);
        if (withoutHttp2 != null) {
            withoutHttp2.release();
        }
    }
}
