package dev.sallyport.api.v1alpha1.common;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What holds the certificates of authorities. */
public enum AuthorityKind {
    @JsonProperty("ConfigMap")
    CONFIG_MAP,
    @JsonProperty("Secret")
    SECRET
}
