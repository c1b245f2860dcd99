package dev.sallyport.control.validate;

/**
 * A port that a proxy opens.
 *
 * @param name unique in its object
 * @param port what clients know
 * @param boundPort what the relay binds
 */
public record CheckedListener(String name, int port, int boundPort) {}
