/**
 * The relay in this process: files in, traffic out, and again when a file changes.
 *
 * <p>Before: {@code assemble}. After: the relay's data path.
 */
@NullMarked
package dev.sallyport.cli.serve;

import org.jspecify.annotations.NullMarked;
