/**
 * A request as a decision sees it: look-ups over bytes that stay where they were received.
 *
 * <p>Before: the relay's codecs, whose heads implement {@link dev.sallyport.model.request.RequestView}. After:
 * {@code model.role}, which decides on them.
 */
@NullMarked
package dev.sallyport.model.request;

import org.jspecify.annotations.NullMarked;
