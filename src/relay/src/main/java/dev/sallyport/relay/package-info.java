/** The relay as a process: puts its parts together, starts and ends them. */
@NullMarked
package dev.sallyport.relay;

import org.jspecify.annotations.NullMarked;
