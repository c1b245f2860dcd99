/**
 * Sees to it that every relay serves the configuration that was rendered for it. Before it, {@code apply} has written
 * the ConfigMap; after it, {@code report} tells in status what the relays answered.
 */
@NullMarked
package dev.sallyport.operator.deliver;

import org.jspecify.annotations.NullMarked;
