/**
 * Judges an object beyond its schema, and turns what it says into values that need no further judging: durations, numbers, host
 * patterns in A-label form. What was wrong is a list of {@link dev.sallyport.control.validate.Finding}s, the same at admission, in
 * status and on the command line.
 *
 * <p>Before: {@code resolve}. After: {@code plan}, which assembles the checked values.
 */
@NullMarked
package dev.sallyport.control.validate;

import org.jspecify.annotations.NullMarked;
