package dev.sallyport.relay.http;

/**
 * The head of a request as it goes on to an origin, in no version yet: start line and framing are those of a received
 * head, the fields are told to whoever writes them.
 */
public interface OutgoingRequest {
    /** The head that was received; its path is the one to be sent. */
    RequestHead head();

    /** Whether it goes on asking for another protocol. */
    boolean upgrading();

    /** Tells all fields but those of the framing, of trailers and of the upgrade. */
    void fields(FieldSink out);
}
