package dev.sallyport.api.v1alpha1.common;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/** Certificates of authorities that are trusted. */
@ApiType
public record AuthorityRef(
        @Default("ConfigMap")
        @Nullable
        @JsonPropertyDescription("What holds the certificates: `ConfigMap` or `Secret`. Default: ConfigMap.")
        AuthorityKind kind,

        @Required @Form(Syntax.OBJECT_NAME) @Nullable @JsonPropertyDescription("""
                The name of an object in the proxy's namespace with ca.crt, one or more certificates of authorities, PEM.""")
        String name,

        @Form(Syntax.DNS_LABEL) @Nullable @JsonPropertyDescription("""
                The proxy's own namespace; a reference to another one is reported in status as RefNotPermitted and not
                followed. Default: the proxy's own.""")
        String namespace) {}
