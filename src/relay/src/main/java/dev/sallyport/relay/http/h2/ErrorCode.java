package dev.sallyport.relay.http.h2;

/** Why a stream or a connection ends (RFC 9113, section 7). */
public enum ErrorCode {
    NO_ERROR,
    PROTOCOL_ERROR,
    INTERNAL_ERROR,
    FLOW_CONTROL_ERROR,
    SETTINGS_TIMEOUT,
    STREAM_CLOSED,
    FRAME_SIZE_ERROR,
    REFUSED_STREAM,
    CANCEL,
    COMPRESSION_ERROR,
    CONNECT_ERROR,
    ENHANCE_YOUR_CALM,
    INADEQUATE_SECURITY,
    HTTP_1_1_REQUIRED;

    private static final ErrorCode[] BY_NUMBER = values();

    /** The number on the wire. */
    @SuppressWarnings("EnumOrdinal") // the registry numbers them from 0 in this order
    public int number() {
        return ordinal();
    }

    /** The code of a number; one that is not registered counts as {@link #INTERNAL_ERROR}. */
    public static ErrorCode of(long number) {
        return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[(int) number] : INTERNAL_ERROR;
    }
}
