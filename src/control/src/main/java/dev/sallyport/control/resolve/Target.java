package dev.sallyport.control.resolve;

/** Where a reference leads. */
public sealed interface Target {
    /** Its share of the requests. */
    int weight();

    /**
     * To a port of a Service.
     *
     * @param path of the reference, such as {@code spec.rules[2].backendRefs[0]}
     */
    record Found(String path, ServicePort port, int weight) implements Target {}

    /** Nowhere. */
    record Missing(Unresolved why, int weight) implements Target {}
}
