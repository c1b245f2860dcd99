/**
 * Looks up what a reverse proxy refers to: for each reference the port of a Service with its endpoints, or why there is none.
 *
 * <p>Before: {@code input}. After: {@code validate}, which judges what needs no look-up, and {@code plan}.
 */
@NullMarked
package dev.sallyport.control.resolve;

import org.jspecify.annotations.NullMarked;
