/**
 * HTTP messages whatever their version: a head is one run of bytes and an index of offsets into it, read by flyweight
 * views, so that a warmed request makes no object.
 *
 * <p>Before: {@code detect}, which says that a connection speaks HTTP. Filled by {@link dev.sallyport.relay.http.h1};
 * read through {@link dev.sallyport.model.request.RequestView} by {@code role}, {@code policy} and {@code route}.
 */
@NullMarked
package dev.sallyport.relay.http;

import org.jspecify.annotations.NullMarked;
