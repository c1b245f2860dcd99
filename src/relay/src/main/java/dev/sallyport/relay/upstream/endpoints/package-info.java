/**
 * Says which endpoints a cluster has: those of the configuration, or those of a Service, watched at the API server.
 *
 * <p>Before: {@code config}, which names the clusters. After: {@code upstream.balance}, which picks one endpoint.
 */
@NullMarked
package dev.sallyport.relay.upstream.endpoints;

import org.jspecify.annotations.NullMarked;
