/**
 * How the traffic of a pod comes to the relay in it without the application's doing: what its annotations ask for, as a plan, and
 * the plan as the ruleset of nftables that the pod's kernel applies.
 *
 * <p>Before: a pod at its admission, or in a file. After: {@code inject} gives the ruleset to an init container, and the command line
 * prints it.
 */
@NullMarked
package dev.sallyport.control.redirect;

import org.jspecify.annotations.NullMarked;
