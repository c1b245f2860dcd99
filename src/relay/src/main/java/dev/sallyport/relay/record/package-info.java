/**
 * The last phase of a request: what was decided and what came of it, as access log lines and metrics.
 *
 * <p>Before: {@code respond} and {@code tunnel}, which fill a {@link dev.sallyport.relay.record.Decision} on their
 * event loop. After: one thread that writes lines, and {@code admin}, which shows the metrics.
 */
@NullMarked
package dev.sallyport.relay.record;

import org.jspecify.annotations.NullMarked;
