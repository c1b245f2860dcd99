package dev.sallyport.model.config;

/** What one end learns of the other through the fields that the relay adds. */
public enum DisclosureMode {
    /** The destination learns nothing of the client: forwarding fields are removed, none and no {@code Via} are added. */
    ANONYMOUS,
    /** The destination learns the client's address and the relay's presence: {@code X-Forwarded-*}, {@code Forwarded}, {@code Via}. */
    TRANSPARENT
}
