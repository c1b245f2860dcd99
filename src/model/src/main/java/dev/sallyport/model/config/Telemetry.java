package dev.sallyport.model.config;

/**
 * What a relay tells about its work.
 *
 * @param accessLog the form of the line for each decision, on standard output
 */
public record Telemetry(AccessLog accessLog) {
    public enum AccessLog {
        JSON,
        /** No lines. */
        NONE
    }
}
