package dev.sallyport.relay.tls;

import dev.sallyport.model.request.Ascii;

/**
 * What two ends of a connection agreed on by TLS.
 *
 * @param version of TLS, as {@code TLSv1.3}
 * @param protocol that was agreed on (ALPN), as {@code h2}; empty: none
 * @param serverName that the client asked for (SNI), in lower case; empty: none
 * @param shown the names that the server's certificate is for
 * @param clientSubject the subject of the certificate that the client showed and that was found good (RFC 2253); empty: it
 *     showed none
 */
public record SecureSession(
        String version, String protocol, String serverName, CertificateNames shown, String clientSubject) {

    /**
     * Whether requests for a host belong on this connection (RFC 9110, section 7.4): those for the name that the client
     * asked for, and for all that the certificate is for that it was shown. A client that asked for no name, as one has to that
     * knows but an address, never told what it expects; then whatever it wants belongs.
     *
     * @param host a name, or an address without brackets
     */
    public boolean covers(Ascii host) {
        return serverName.isEmpty() || host.equalsLowerCase(serverName) || shown.cover(host.toString());
    }
}
