package dev.sallyport.model.config;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;

/**
 * TLS to the endpoints of a cluster, whose certificates must be valid for the server name.
 *
 * @param serverName what the relay asks for (SNI) and the certificate must cover
 * @param authorities the names of the {@linkplain SecretBundle#authority authorities} to trust; empty: the system's
 * @param certificate the name of the {@linkplain SecretBundle#certificate certificate} that the relay shows; empty: none
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record OriginTls(
        String serverName,
        List<String> authorities,
        @JsonSetter(nulls = Nulls.SET) String certificate) {
    public OriginTls {
        authorities = Lists.copy(authorities);
        certificate = certificate == null ? "" : certificate;
    }
}
