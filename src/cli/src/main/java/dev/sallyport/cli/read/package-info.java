/**
 * Objects out of files: YAML with the position of every field, so that a message can say where.
 *
 * <p>After: the commands, which send the objects through {@code control}.
 */
@NullMarked
package dev.sallyport.cli.read;

import org.jspecify.annotations.NullMarked;
