package dev.sallyport.model.config;

import java.time.Duration;

/**
 * How a relay ends after SIGTERM.
 *
 * @param delay not ready, but still serving as before, so that load balancers can take notice
 * @param grace then for running exchanges and tunnels to end by themselves before they are closed
 */
public record Drain(Duration delay, Duration grace) {}
