package dev.sallyport.model.config;

/**
 * Where the relay answers {@code /livez}, {@code /readyz}, {@code /metrics} and {@code /config}.
 *
 * @param address the address to bind, as a literal
 * @param port the port; 0 lets the system choose one
 */
public record Admin(String address, int port) {}
