package dev.sallyport.control.input;

/** Where the relays of a plan run. */
public enum Placement {
    /** In pods of their own: ports below 1024 are moved up by 10000, and the relays watch EndpointSlices themselves. */
    PODS,
    /** In this process: ports as the objects name them, endpoints as the given EndpointSlices name them. */
    PROCESS
}
