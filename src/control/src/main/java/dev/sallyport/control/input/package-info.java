/**
 * What the stages are given beside the object itself: the settings of the installation, the objects that it may refer to, and the
 * defaults for what nobody says.
 *
 * <p>Before: the operator or the command line. After: {@code resolve}.
 */
@NullMarked
package dev.sallyport.control.input;

import org.jspecify.annotations.NullMarked;
