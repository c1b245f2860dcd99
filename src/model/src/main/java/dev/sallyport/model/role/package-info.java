/**
 * The seam: what a client asks for goes in, where it goes or why it does not comes out. The only place that knows
 * the difference between the forward and the reverse role.
 *
 * <p>Before: the relay, which builds an {@link dev.sallyport.model.role.Ask} out of what a client sent. After: the
 * relay, which carries out the {@link dev.sallyport.model.role.Verdict} without knowing which role gave it.
 */
@NullMarked
package dev.sallyport.model.role;

import org.jspecify.annotations.NullMarked;
