/**
 * What the relay says itself: whole answers, with the reason in {@code Proxy-Status}, and the fields that it adds to what
 * it sends on.
 *
 * <p>Before: {@code role} and {@code upstream}, which may end in a refusal. After: {@code http.server}, which sends it.
 */
@NullMarked
package dev.sallyport.relay.respond;

import org.jspecify.annotations.NullMarked;
