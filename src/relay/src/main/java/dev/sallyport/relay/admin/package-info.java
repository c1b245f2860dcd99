/**
 * Answers about the relay itself, on a port of its own: whether it lives and is ready, its metrics, and which
 * configuration it serves.
 *
 * <p>Before: {@code config} and {@code record}, whose state is shown. After: the kubelet, the operator and Prometheus.
 */
@NullMarked
package dev.sallyport.relay.admin;

import org.jspecify.annotations.NullMarked;
