/** The parts of a {@link dev.sallyport.api.v1alpha1.ForwardProxy}: where it listens, for whom, what it lets through, what it never dials. */
@NullMarked
package dev.sallyport.api.v1alpha1.forward;

import org.jspecify.annotations.NullMarked;
