package dev.sallyport.api.v1alpha1.reverse;

/** What clients speak on a listener. */
public enum ListenerProtocol {
    /** HTTP without TLS. */
    HTTP,
    /** HTTP in TLS, which ends at the proxy. */
    HTTPS,
    /** Any bytes, passed through unread. */
    TCP,
    /** TLS, passed through undecrypted by its server name. */
    TLS
}
