/**
 * From a destination to a connection: names are resolved and their addresses judged, endpoints are picked, kept
 * connections used again, new ones made, and refused ones tried elsewhere.
 *
 * <p>Before: {@code role}, whose verdict names the destination. After: {@code http.client} and {@code tunnel}, which use
 * the connection.
 */
@NullMarked
package dev.sallyport.relay.upstream;

import org.jspecify.annotations.NullMarked;
