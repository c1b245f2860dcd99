package dev.sallyport.control.render;

import io.fabric8.kubernetes.api.model.ConfigMap;

/**
 * What relays in the pods of applications are given.
 *
 * @param hash names what they serve
 */
public record Sidecars(String hash, ConfigMap config) {}
