/**
 * Tells what is the case: out of a plan, what was seen of the cluster and the status before, the status that is to be written and what
 * is worth an Event. The time is an argument.
 *
 * <p>Before: {@code render}, whose objects were applied and whose relays were asked. After: the operator writes it.
 */
@NullMarked
package dev.sallyport.control.status;

import org.jspecify.annotations.NullMarked;
