/**
 * HTTP/2 on the wire (RFC 9113), for both directions: frames are read and written here, header blocks become heads and heads
 * become header blocks (RFC 7541). Of a stream only its sending half lives here, and nothing is decided but what one frame or
 * one block alone shows, and what the windows let out.
 *
 * <p>Before: {@code listen} or {@code upstream}, which bring bytes. After: {@code http.server} and {@code http.client}, whose
 * connections keep the streams.
 */
@NullMarked
package dev.sallyport.relay.http.h2;

import org.jspecify.annotations.NullMarked;
