package dev.sallyport.api.v1alpha1.common;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How clients reach a proxy over TLS. */
@ApiType
public record ProxyTls(
        @Required @Size(min = 1, max = 64) @Nullable @JsonPropertyDescription("""
                The certificates that the proxy shows. For the name that a client asks for (SNI) an exact match is taken
                before a wildcard; when none fits, the first. One that cannot be used is reported in status and left out;
                when none can be used the port is closed. A new certificate in a Secret is shown to new connections
                within seconds; those that are open stay as they are.""")
        List<CertificateRef> certificateRefs,

        @Default("\"1.2\"")
        @Nullable
        @JsonPropertyDescription("The oldest version of TLS that is spoken: `1.2` or `1.3`. Default: 1.2.")
        TlsVersion minVersion) {}
