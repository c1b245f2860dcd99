package dev.sallyport.model.role;

import java.util.Locale;

/** Why the relay answered by itself: the error types of {@code Proxy-Status} (RFC 9209, section 2.3). */
public enum ProxyError {
    DNS_TIMEOUT,
    DNS_ERROR,
    DESTINATION_NOT_FOUND,
    DESTINATION_UNAVAILABLE,
    DESTINATION_IP_PROHIBITED,
    DESTINATION_IP_UNROUTABLE,
    CONNECTION_REFUSED,
    CONNECTION_TERMINATED,
    CONNECTION_TIMEOUT,
    CONNECTION_READ_TIMEOUT,
    CONNECTION_WRITE_TIMEOUT,
    CONNECTION_LIMIT_REACHED,
    TLS_PROTOCOL_ERROR,
    TLS_CERTIFICATE_ERROR,
    TLS_ALERT_RECEIVED,
    HTTP_REQUEST_ERROR,
    HTTP_REQUEST_DENIED,
    HTTP_RESPONSE_INCOMPLETE,
    HTTP_RESPONSE_HEADER_SECTION_SIZE,
    HTTP_RESPONSE_TIMEOUT,
    HTTP_UPGRADE_FAILED,
    HTTP_PROTOCOL_ERROR,
    PROXY_INTERNAL_RESPONSE,
    PROXY_INTERNAL_ERROR,
    PROXY_CONFIGURATION_ERROR,
    PROXY_LOOP_DETECTED;

    private final String token = name().toLowerCase(Locale.ROOT);

    /** The registered name. */
    public String token() {
        return token;
    }
}
