/**
 * IP addresses as numbers: literals, prefixes, sets of prefixes, and what the special-purpose ranges are for.
 *
 * <p>Before: {@code model.config}, whose texts are parsed here. After: {@code model.name} and {@code model.role}, which
 * match and guard addresses. Nothing here asks the DNS.
 */
@NullMarked
package dev.sallyport.model.address;

import org.jspecify.annotations.NullMarked;
