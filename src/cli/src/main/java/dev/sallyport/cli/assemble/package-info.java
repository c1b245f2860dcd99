/**
 * What a relay in this process, or a cluster, would make of the objects that were read.
 *
 * <p>Before: {@code read} and {@code schema}. After: the commands, which serve, judge or print it.
 */
@NullMarked
package dev.sallyport.cli.assemble;

import org.jspecify.annotations.NullMarked;
