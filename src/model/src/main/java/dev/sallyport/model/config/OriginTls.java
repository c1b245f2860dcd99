package dev.sallyport.model.config;

import java.util.List;

/**
 * TLS to the endpoints of a cluster, whose certificates must be valid for the server name.
 *
 * @param serverName what the relay asks for (SNI) and the certificate must cover
 * @param authorities the names of the {@linkplain SecretBundle#authority authorities} to trust; empty: the system's
 * @param certificate the name of the {@linkplain SecretBundle#certificate certificate} that the relay shows; empty: none
 */
public record OriginTls(String serverName, List<String> authorities, String certificate) {
    public OriginTls {
        authorities = Lists.copy(authorities);
        certificate = certificate == null ? "" : certificate;
    }
}
