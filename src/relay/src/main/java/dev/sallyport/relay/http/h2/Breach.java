package dev.sallyport.relay.http.h2;

/** What a peer did against the protocol, or against patience, so that the whole connection ends with GOAWAY. */
public enum Breach {
    PREFACE(ErrorCode.PROTOCOL_ERROR),
    SETTINGS_NOT_FIRST(ErrorCode.PROTOCOL_ERROR),
    FRAME_TOO_LARGE(ErrorCode.FRAME_SIZE_ERROR),
    FRAME_LENGTH(ErrorCode.FRAME_SIZE_ERROR),
    FRAME_STREAM(ErrorCode.PROTOCOL_ERROR),
    PADDING(ErrorCode.PROTOCOL_ERROR),
    HEADER_BLOCK_INTERRUPTED(ErrorCode.PROTOCOL_ERROR),
    CONTINUATION_UNASKED(ErrorCode.PROTOCOL_ERROR),
    PUSH(ErrorCode.PROTOCOL_ERROR),
    SELF_DEPENDENCY(ErrorCode.PROTOCOL_ERROR),
    SETTINGS_VALUE(ErrorCode.PROTOCOL_ERROR),
    SETTINGS_WINDOW(ErrorCode.FLOW_CONTROL_ERROR),
    WINDOW_INCREMENT(ErrorCode.PROTOCOL_ERROR),
    WINDOW_OVERFLOW(ErrorCode.FLOW_CONTROL_ERROR),
    WINDOW_EXCEEDED(ErrorCode.FLOW_CONTROL_ERROR),
    COMPRESSION(ErrorCode.COMPRESSION_ERROR),
    STREAM_ID(ErrorCode.PROTOCOL_ERROR),
    STREAM_IDLE(ErrorCode.PROTOCOL_ERROR),
    STREAM_CLOSED(ErrorCode.STREAM_CLOSED),
    /** A header block of more bytes than any head within the limits takes. */
    HEADER_BLOCK_TOO_LARGE(ErrorCode.ENHANCE_YOUR_CALM),
    /** A header block in more frames than it needs. */
    CONTINUATION_FLOOD(ErrorCode.ENHANCE_YOUR_CALM),
    /** More streams given up than requests are worth. */
    RESET_FLOOD(ErrorCode.ENHANCE_YOUR_CALM),
    SETTINGS_FLOOD(ErrorCode.ENHANCE_YOUR_CALM),
    PING_FLOOD(ErrorCode.ENHANCE_YOUR_CALM),
    PRIORITY_FLOOD(ErrorCode.ENHANCE_YOUR_CALM),
    WINDOW_UPDATE_FLOOD(ErrorCode.ENHANCE_YOUR_CALM),
    EMPTY_DATA_FLOOD(ErrorCode.ENHANCE_YOUR_CALM),
    UNKNOWN_FRAME_FLOOD(ErrorCode.ENHANCE_YOUR_CALM),
    /** More answers to SETTINGS and PING wait for a client that does not read than it is worth. */
    CONTROL_FLOOD(ErrorCode.ENHANCE_YOUR_CALM),
    /** A preface, or a frame other than DATA, or a header block, that did not become whole in time. */
    HEADER_TIMEOUT(ErrorCode.ENHANCE_YOUR_CALM);

    private final ErrorCode code;

    Breach(ErrorCode code) {
        this.code = code;
    }

    /** What GOAWAY says. */
    public ErrorCode code() {
        return code;
    }
}
