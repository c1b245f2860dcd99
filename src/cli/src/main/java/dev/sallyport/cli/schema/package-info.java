/**
 * What the API server checks of an object against its CRD, without an API server: types, limits, unknown fields,
 * defaults and CEL rules, in its words.
 *
 * <p>Before: {@code read}. After: {@code control}, which checks what a schema cannot say.
 */
@NullMarked
package dev.sallyport.cli.schema;

import org.jspecify.annotations.NullMarked;
