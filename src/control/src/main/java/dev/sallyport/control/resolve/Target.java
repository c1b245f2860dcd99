package dev.sallyport.control.resolve;

/** Where a reference leads. */
public sealed interface Target {
    /** Its share of the requests. */
    int weight();

    /** To a port of a Service. */
    record Found(ServicePort port, int weight) implements Target {}

    /** Nowhere. */
    record Missing(Unresolved why, int weight) implements Target {}
}
