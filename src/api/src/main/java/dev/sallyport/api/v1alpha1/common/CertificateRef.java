package dev.sallyport.api.v1alpha1.common;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/** A certificate with its private key. */
@ApiType
public record CertificateRef(
        @Required @Form(Syntax.OBJECT_NAME) @Nullable @JsonPropertyDescription("""
                The name of a Secret in the proxy's namespace with tls.crt, the certificate and those that signed it, leaf
                first, and tls.key, its private key without a passphrase, both PEM: what cert-manager and `kubectl create
                secret tls` make.""")
        String name,

        @Form(Syntax.DNS_LABEL) @Nullable @JsonPropertyDescription("""
                The proxy's own namespace; a reference to another one is reported in status as RefNotPermitted and not
                followed. Default: the proxy's own.""")
        String namespace) {}
