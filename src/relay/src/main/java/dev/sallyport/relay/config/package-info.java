/**
 * Brings configurations to the relay: reads them from a directory that changes under it, hands them on, and knows
 * which one is served.
 *
 * <p>Before: a ConfigMap that the kubelet keeps in a directory. After: {@code listen} and {@code role}, which serve
 * what was read, and {@code admin}, which tells what is served.
 */
@NullMarked
package dev.sallyport.relay.config;

import org.jspecify.annotations.NullMarked;
