package dev.sallyport.model.role;

/**
 * Which end learns of which, as the fields that go out.
 *
 * @param forwarding what becomes of {@code Forwarded} and {@code X-Forwarded-*} in a request
 * @param viaRequest whether the relay names itself in the request's {@code Via} (RFC 9110, section 7.6.3)
 * @param viaResponse whether it does so in the response's
 */
public record Disclosure(Forwarding forwarding, boolean viaRequest, boolean viaResponse) {
    /** What becomes of the forwarding fields of a request. */
    public enum Forwarding {
        /** Those of the client are removed and none are added. */
        REMOVE,
        /** Those of the client are removed, then set from what the relay sees itself. */
        REPLACE,
        /** The client is trusted: what the relay sees is appended to them. */
        APPEND
    }
}
