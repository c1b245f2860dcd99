package dev.sallyport.model.config;

/** What a listener's connections are served as. It is fixed when a connection is accepted, whatever its requests look like. */
public enum RoleKind {
    /** Acts for the client: the client names the destination, a {@link ForwardPolicy} judges it. */
    FORWARD,
    /** Acts for the server: a {@link ReversePolicy} chooses the destination. */
    REVERSE
}
