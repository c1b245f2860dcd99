package dev.sallyport.model.config;

/**
 * An object that a configuration was made from.
 *
 * @param kind {@code ForwardProxy} or {@code ReverseProxy}
 * @param generation its {@code metadata.generation}; 0 where there is no API server
 */
public record Source(String kind, String namespace, String name, long generation) {}
