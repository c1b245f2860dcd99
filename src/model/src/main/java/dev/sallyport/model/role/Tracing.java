package dev.sallyport.model.role;

/** What becomes of the traces (W3C Trace Context) that clients' requests belong to. */
public enum Tracing {
    /** A trace that came goes on; none is begun, so that nothing tells of a proxy. */
    CONTINUE,
    /** A trace that came goes on, and a request without one begins one. */
    BEGIN,
    /** Each request begins a trace, whatever its client sent. */
    RESTART
}
