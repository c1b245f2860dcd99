package dev.sallyport.relay.http.server;

/** How far an exchange has come. */
enum Phase {
    /** None runs. */
    IDLE,
    /** The request is checked against what this relay serves at all. */
    ADMIT,
    /** The role decides. */
    ROUTE,
    /** A connection to the destination is found or made. */
    CONNECT,
    /** The request is sent, the response not begun. */
    FORWARD,
    /** The response goes to the client, perhaps beside the rest of the request. */
    RESPOND,
    /** Bytes go both ways, unread. */
    TUNNEL
}
