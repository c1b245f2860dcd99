/**
 * The custom resources {@code ForwardProxy} and {@code ReverseProxy} of the group {@code sallyport.dev}, version {@code v1alpha1}, as Java types.
 *
 * <p>Everything is as the object says it: boxed, null where it says nothing. What an API server checks (types, patterns, CEL rules) and
 * defaults is annotated here and generated into {@code deploy/crds}. Before: YAML, by the API server or from a file. After: {@code
 * dev.sallyport.control}, which resolves, validates and renders, and writes the status.
 */
@NullMarked
package dev.sallyport.api.v1alpha1;

import org.jspecify.annotations.NullMarked;
