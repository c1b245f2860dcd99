/**
 * Brings the cluster to what was planned: children by server-side apply, the status by its subresource. Before it,
 * {@code control} has planned; after it, {@code deliver} sees to it that relays serve the new configuration.
 */
@NullMarked
package dev.sallyport.operator.apply;

import org.jspecify.annotations.NullMarked;
