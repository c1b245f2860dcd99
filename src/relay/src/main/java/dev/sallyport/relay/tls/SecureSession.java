package dev.sallyport.relay.tls;

import dev.sallyport.model.request.Ascii;
import io.netty.handler.ssl.SslHandler;
import java.security.cert.X509Certificate;
import java.util.Objects;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * What a client and a server agreed on by TLS.
 *
 * @param version of TLS, as {@code TLSv1.3}
 * @param protocol that was agreed on (ALPN), as {@code h2}; empty: none
 * @param serverName that the client asked for (SNI), in lower case; empty: none
 * @param shown the names that the server's certificate is for
 * @param clientSubject the subject of the certificate that the client showed and that was found good (RFC 2253); empty: it
 *     showed none, or it is us
 */
public record SecureSession(
        String version, String protocol, String serverName, CertificateNames shown, String clientSubject) {

    static SecureSession of(SslHandler handler, String serverName, CertificateNames shown) {
        SSLSession session = handler.engine().getSession();
        return new SecureSession(session.getProtocol(), protocol(handler), serverName, shown, subject(session));
    }

    private static String protocol(SslHandler handler) {
        return Objects.requireNonNullElse(handler.applicationProtocol(), "");
    }

    private static String subject(SSLSession session) {
        X509Certificate leaf = peer(session);
        return leaf == null ? "" : leaf.getSubjectX500Principal().getName(X500Principal.RFC2253);
    }

    static @Nullable X509Certificate peer(SSLSession session) {
        try {
            return (X509Certificate) session.getPeerCertificates()[0];
        } catch (SSLPeerUnverifiedException e) {
            return null;
        }
    }

    /**
     * Whether requests for a host belong on this connection (RFC 9110, section 7.4): those for the name that the client
     * asked for, and for all that the certificate is for that it was shown. A client that asked for no name, as one has to
     * that knows but an address, never told what it expects; then whatever it wants belongs.
     *
     * @param host a name, or an address without brackets
     */
    public boolean covers(Ascii host) {
        return serverName.isEmpty() || host.equalsLowerCase(serverName) || shown.cover(host.toString());
    }
}
