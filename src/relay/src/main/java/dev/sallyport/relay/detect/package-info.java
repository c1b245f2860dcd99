/**
 * The reception of connections: what a client speaks is found out from its first bytes, and whoever serves that takes
 * over.
 *
 * <p>Before: {@code listen}, which accepts. After: {@code http.server}, which serves requests.
 */
@NullMarked
package dev.sallyport.relay.detect;

import org.jspecify.annotations.NullMarked;
