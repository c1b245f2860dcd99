package dev.sallyport.model.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a listener ends TLS.
 *
 * @param certificates the names of the {@linkplain SecretBundle#certificate certificates} it shows, at least one. The one
 *     for the client's server name is picked, an exact name before a wildcard; without a fit, the first
 * @param minVersion the oldest version it speaks
 * @param alpn the protocols it offers, the one it likes best first: {@code h2} and {@code http/1.1}
 * @param clientCertificates what it asks of clients; null: nothing
 */
public record ListenerTls(
        List<String> certificates,
        Version minVersion,
        List<String> alpn,
        @Nullable ClientCertificates clientCertificates) {

    public ListenerTls {
        certificates = Lists.copy(certificates);
        alpn = Lists.copy(alpn);
    }

    /** A version of TLS. */
    public enum Version {
        TLS_1_2,
        TLS_1_3
    }

    /**
     * The certificates that clients show.
     *
     * @param mode whether one is needed at all; one that is shown must be valid in any case
     * @param authorities the names of the {@linkplain SecretBundle#authority authorities} that may have signed it
     */
    public record ClientCertificates(Mode mode, List<String> authorities) {
        public ClientCertificates {
            authorities = Lists.copy(authorities);
        }

        public enum Mode {
            REQUIRED,
            OPTIONAL
        }
    }
}
