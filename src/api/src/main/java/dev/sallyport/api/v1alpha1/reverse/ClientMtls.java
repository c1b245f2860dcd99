package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import dev.sallyport.api.v1alpha1.common.AuthorityRef;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The certificates that clients show. */
@ApiType
public record ClientMtls(
        @Required @Size(min = 1, max = 8) @Nullable @JsonPropertyDescription("""
                The authorities that sign clients' certificates. One that cannot be used is reported in status and left
                out; when none can be used the ports with TLS are closed.""")
        List<AuthorityRef> caCertificateRefs,

        @Default("Required") @Nullable @JsonPropertyDescription("""
                `Required`: the handshake fails without a certificate. `Optional`: it is asked for, and one that is shown
                must be valid. Default: Required.""")
        MtlsMode mode) {}
