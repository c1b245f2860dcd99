package dev.sallyport.relay.http;

/**
 * What is wrong with a message. After any of them nothing more may be read from a connection of HTTP/1: where the next message
 * would begin is unknown. With HTTP/2 it ends the stream.
 */
public enum Fault {
    LINE_ENDING(400, "line not ended by CRLF"),
    REQUEST_LINE(400, "malformed request line"),
    /** The first line ends in no version of HTTP: who sent it would not understand an answer in it. */
    NOT_HTTP(400, "not HTTP"),
    STATUS_LINE(400, "malformed status line"),
    METHOD(400, "method is not a token"),
    TARGET(400, "malformed request target"),
    TARGET_FORM(400, "request target does not suit the method"),
    TARGET_SCHEME(400, "scheme of the request target is not http or https"),
    TARGET_USER(400, "request target holds user information"),
    TARGET_AUTHORITY(400, "malformed authority in the request target"),
    PATH(400, "ambiguous path"),
    VERSION(505, "HTTP version is not 1.0 or 1.1"),
    START_LINE_TOO_LONG(414, "start line too long"),
    HEAD_TOO_LARGE(431, "head too large"),
    TOO_MANY_FIELDS(431, "too many fields"),
    FIELD_NAME(400, "field name is not a token"),
    FIELD_FOLDED(400, "folded field line"),
    FIELD_VALUE(400, "control character in a field value"),
    FIELD_REPEATED(400, "single-valued field repeated"),
    CONNECTION(400, "malformed Connection field"),
    HOST_MISSING(400, "Host missing"),
    HOST_REPEATED(400, "Host repeated"),
    HOST(400, "malformed Host"),
    CONTENT_LENGTH(400, "malformed Content-Length"),
    CONTENT_LENGTH_REPEATED(400, "Content-Length repeated"),
    TRANSFER_CODING(400, "Transfer-Encoding is not chunked alone"),
    TRANSFER_CODING_UNSUPPORTED(501, "transfer coding not supported"),
    TRANSFER_CODING_IN_1_0(400, "Transfer-Encoding in HTTP/1.0"),
    LENGTH_AND_CODING(400, "both Content-Length and Transfer-Encoding"),
    CONNECT_BODY(400, "CONNECT with a body"),
    INTERIM_BODY(400, "interim response with a body"),
    MAX_FORWARDS(400, "malformed Max-Forwards"),
    EXPECTATION(417, "expectation is not 100-continue"),
    CHUNK_SIZE(400, "malformed chunk size"),
    CHUNK_EXTENSION(400, "malformed chunk extension"),
    CHUNK_EXTENSIONS_TOO_LARGE(400, "chunk extensions too large"),
    CHUNK_END(400, "chunk longer than its size"),
    BODY_INCOMPLETE(400, "connection closed inside the body"),
    BODY_LENGTH(400, "body is not as long as Content-Length says"),
    PSEUDO_FIELD(400, "malformed pseudo-fields"),
    PATH_MISSING(400, ":path missing or empty"),
    FIELD_NAME_CASE(400, "upper-case letter in a field name"),
    FIELD_VALUE_BLANK(400, "blank around a field value"),
    CONNECTION_FIELD(400, "connection-specific field"),
    TE(400, "TE is not trailers"),
    AUTHORITY_AND_HOST(400, ":authority and Host differ"),
    PROTOCOL(501, ":protocol is not websocket");

    private final int status;
    private final String reason;

    Fault(int status, String reason) {
        this.status = status;
        this.reason = reason;
    }

    /** The status that answers a request with this fault. A fault of a response is answered with 502. */
    public int status() {
        return status;
    }

    /** A stable text without any of the peer's bytes, fit for the details of Proxy-Status (RFC 9209). */
    public String reason() {
        return reason;
    }
}
