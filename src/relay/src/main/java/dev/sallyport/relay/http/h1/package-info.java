/**
 * HTTP/1.1 on the wire (RFC 9112), without input or output of its own: parsers take bytes as they come, writers append
 * to a buffer; {@link Inbound} and {@link Outbound} hold what came and what goes. Where the RFC lets a recipient repair a
 * message, this one refuses it; what it forwards it frames anew.
 *
 * <p>Before: the connection that reads. After: the heads of {@link dev.sallyport.relay.http}, and bodies as slices.
 */
@NullMarked
package dev.sallyport.relay.http.h1;

import org.jspecify.annotations.NullMarked;
