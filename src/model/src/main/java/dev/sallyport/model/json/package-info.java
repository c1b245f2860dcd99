/**
 * JSON as a tree of values, read with bounds and without reflection: a relay starts with it, and reads with it what others
 * write.
 *
 * <p>Before: nothing. After: {@code model.config}, which reads configurations, and the relay's watch of endpoints.
 */
@NullMarked
package dev.sallyport.model.json;

import org.jspecify.annotations.NullMarked;
