/**
 * What a person reads in the terminal: live decisions, findings with their positions.
 *
 * <p>Before: the relay in this process, and {@code control}, whose outcomes are shown here.
 */
@NullMarked
package dev.sallyport.cli.show;

import org.jspecify.annotations.NullMarked;
