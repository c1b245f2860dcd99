package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import dev.sallyport.api.v1alpha1.common.AuthorityRef;
import dev.sallyport.api.v1alpha1.common.Form;
import dev.sallyport.api.v1alpha1.common.Syntax;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the certificate of a Service is judged. */
@ApiType
public record BackendValidation(
        @Form(Syntax.DNS_NAME) @Nullable @JsonPropertyDescription("""
                The name that the proxy asks for (SNI) and that the certificate must be valid for.
                Default: SERVICE.NAMESPACE.svc.""")
        String hostname,

        @Size(min = 1, max = 8) @Nullable @JsonPropertyDescription("""
                The authorities that may have signed the certificate. One that cannot be used is reported in status, and
                when none can be used requests to the Service get 500. Default: the authorities that the relay's
                platform trusts.""")
        List<AuthorityRef> caCertificateRefs) {}
