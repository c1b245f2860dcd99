package dev.sallyport.control.resolve;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * A certificate that a proxy shows.
 *
 * @param path of the reference to it
 * @param secret the name of the Secret that it is in
 * @param names that it is valid for, in lower case
 * @param notBefore from when
 * @param notAfter until when
 */
public record Certificate(String path, String secret, List<String> names, Instant notBefore, Instant notAfter) {
    private static final int DNS_NAME = 2;

    public Certificate {
        names = List.copyOf(names);
    }

    static Certificate of(String path, String secret, X509Certificate leaf) {
        return new Certificate(
                path,
                secret,
                names(leaf),
                leaf.getNotBefore().toInstant(),
                leaf.getNotAfter().toInstant());
    }

    private static List<String> names(X509Certificate leaf) {
        try {
            Collection<List<?>> alternatives = leaf.getSubjectAlternativeNames();
            return alternatives == null
                    ? List.of()
                    : alternatives.stream()
                            .filter(name -> Objects.equals(name.getFirst(), DNS_NAME))
                            .map(name -> String.valueOf(name.get(1)).toLowerCase(Locale.ROOT))
                            .toList();
        } catch (CertificateParsingException e) {
            return List.of();
        }
    }

    /** Whether a client that asks for {@code hostname} takes it; of {@code *.example.com} the wildcard itself. */
    public boolean covers(String hostname) {
        int dot = hostname.indexOf('.');
        return names.contains(hostname) || dot > 0 && names.contains("*" + hostname.substring(dot));
    }
}
