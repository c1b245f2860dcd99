/**
 * What a relay serves, as records, and their JSON form.
 *
 * <p>Before: {@code control}, which plans a {@link dev.sallyport.model.config.RelayConfig} out of resources. After:
 * the relay, which reads it, and {@code model.role}, which compiles its policies into decisions.
 */
@NullMarked
package dev.sallyport.model.config;

import org.jspecify.annotations.NullMarked;
