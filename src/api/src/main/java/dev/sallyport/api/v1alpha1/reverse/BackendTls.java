package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import dev.sallyport.api.v1alpha1.common.CertificateRef;
import org.jspecify.annotations.Nullable;

/** TLS from a reverse proxy to a Service. */
@ApiType
public record BackendTls(
        @Nullable @JsonPropertyDescription("How the certificate of the Service is judged. It always is.")
        BackendValidation validation,

        @Nullable @JsonPropertyDescription("""
                The certificate that the proxy shows to the Service. One that cannot be used is reported in status, and
                requests to the Service get 500. Default: none.""") CertificateRef clientCertificateRef) {}
