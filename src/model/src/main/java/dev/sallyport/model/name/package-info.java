/**
 * Hosts and the patterns that name them: what a name is, what is an address in disguise, and which of many patterns match.
 *
 * <p>Before: {@code model.config}, whose patterns are parsed here. After: {@code model.role}, which looks up the host of
 * each request.
 */
@NullMarked
package dev.sallyport.model.name;

import org.jspecify.annotations.NullMarked;
