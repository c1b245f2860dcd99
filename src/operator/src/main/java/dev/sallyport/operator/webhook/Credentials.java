package dev.sallyport.operator.webhook;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What the webhook shows, and what the API server checks it by.
 *
 * @param authorities the newest first; older ones stay until they expire, for certificates that they signed
 * @param authorityKey of the newest
 * @param server what is shown
 */
record Credentials(List<X509Certificate> authorities, PrivateKey authorityKey, Issued server) {
    private static final String AUTHORITIES = "ca.crt";
    private static final String AUTHORITY_KEY = "ca.key";
    private static final String CERTIFICATE = "tls.crt";
    private static final String KEY = "tls.key";

    Credentials {
        authorities = List.copyOf(authorities);
    }

    /** Out of a Secret's data; empty when it is not what {@link #data} writes. */
    static Optional<Credentials> read(Map<String, String> data) {
        try {
            List<X509Certificate> authorities = certificates(data.getOrDefault(AUTHORITIES, ""));
            List<X509Certificate> server = certificates(data.getOrDefault(CERTIFICATE, ""));
            if (authorities.isEmpty() || server.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(new Credentials(
                    authorities,
                    key(data.getOrDefault(AUTHORITY_KEY, "")),
                    new Issued(server.getFirst(), key(data.getOrDefault(KEY, "")))));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** As a Secret holds it. */
    Map<String, String> data() {
        return Map.of(
                AUTHORITIES,
                base64(bundle()),
                AUTHORITY_KEY,
                base64(pem("PRIVATE KEY", authorityKey.getEncoded())),
                CERTIFICATE,
                base64(pem(server.certificate())),
                KEY,
                base64(pem("PRIVATE KEY", server.key().getEncoded())));
    }

    /** All authorities as text. */
    String bundle() {
        return authorities.stream().map(Credentials::pem).collect(Collectors.joining());
    }

    Issued authority() {
        return new Issued(authorities.getFirst(), authorityKey);
    }

    Instant expiry() {
        return server.certificate().getNotAfter().toInstant();
    }

    /** Its DNS names. */
    List<String> names() {
        try {
            List<String> names = new ArrayList<>();
            Collection<List<?>> alternatives = server.certificate().getSubjectAlternativeNames();
            for (List<?> name : alternatives == null ? List.<List<?>>of() : alternatives) {
                names.add(String.valueOf(name.get(1)));
            }
            return names;
        } catch (GeneralSecurityException e) {
            return List.of();
        }
    }

    private static List<X509Certificate> certificates(String base64) throws GeneralSecurityException {
        return CertificateFactory.getInstance("X.509")
                .generateCertificates(
                        new ByteArrayInputStream(Base64.getDecoder().decode(base64)))
                .stream()
                .map(X509Certificate.class::cast)
                .toList();
    }

    private static PrivateKey key(String base64) throws GeneralSecurityException {
        String text = new String(Base64.getDecoder().decode(base64), StandardCharsets.US_ASCII);
        byte[] content = Base64.getMimeDecoder().decode(text.replaceAll("-----[A-Z ]+-----", ""));
        return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(content));
    }

    private static String pem(X509Certificate certificate) {
        try {
            return pem("CERTIFICATE", certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(String label, byte[] content) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }
}
