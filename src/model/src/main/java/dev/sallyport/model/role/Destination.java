package dev.sallyport.model.role;

/** Where a verdict sends a request or a tunnel. */
public sealed interface Destination {
    /**
     * Chosen by the client.
     *
     * @param host a name in lower case, or an IP address literal without brackets
     */
    record Named(String host, int port) implements Destination {}

    /**
     * Chosen by the operator.
     *
     * @param id of a {@link dev.sallyport.model.config.Cluster}
     */
    record Cluster(String id) implements Destination {}
}
