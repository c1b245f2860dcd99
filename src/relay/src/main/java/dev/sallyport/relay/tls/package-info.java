/**
 * TLS on either side: what is shown and believed, compiled from a configuration and its secrets, and how the ends of a
 * connection are told.
 *
 * <p>Before: {@code detect}, which begins it with clients, and {@code upstream}, which does with destinations. After:
 * {@code http.server}, which knows what was agreed on by its {@link dev.sallyport.relay.tls.SecureSession}.
 */
@NullMarked
package dev.sallyport.relay.tls;

import org.jspecify.annotations.NullMarked;
