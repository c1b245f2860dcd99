/**
 * The relay's side of the seam: who came, and what a client sent, which becomes an {@link dev.sallyport.model.role.Ask}.
 *
 * <p>Before: {@code http}, which has read a request. After: {@code model.role}, which decides on it, and
 * {@code http.server}, which carries out the verdict.
 */
@NullMarked
package dev.sallyport.relay.role;

import org.jspecify.annotations.NullMarked;
