package dev.sallyport.relay.respond;

import dev.sallyport.model.request.Ascii;
import dev.sallyport.model.role.ProxyError;
import dev.sallyport.model.role.Verdict;
import dev.sallyport.relay.http.FieldName;
import dev.sallyport.relay.http.Method;
import dev.sallyport.relay.http.h1.HeadWriter;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * A response of the relay's own: one sentence as plain text, and the reason in {@code Proxy-Status} (RFC 9209). Neither
 * holds a byte that the client sent; the location of a redirect does, bytes that were parsed as a URL.
 *
 * @param status from 200 to 599
 * @param rule the name of the rule that decided, or empty
 * @param detail one sentence
 * @param location for {@code Location}; empty: there is none
 */
public record Answer(int status, ProxyError error, String rule, String detail, String location) {
    /** The type of the body. */
    public static final Ascii PLAIN = Ascii.of("text/plain; charset=utf-8");

    /** An answer that no rule decided. */
    public Answer(int status, ProxyError error, String detail) {
        this(status, error, "", detail, "");
    }

    /** What a role refused. */
    public static Answer of(Verdict.Refuse refusal) {
        return new Answer(refusal.status(), refusal.error(), refusal.rule(), refusal.detail(), refusal.location());
    }

    /** A failure to serve what was allowed, with the status that RFC 9209, section 2.3, recommends. */
    public static Answer failure(ProxyError error, String detail) {
        int status = switch (error) {
            case DNS_TIMEOUT,
                    CONNECTION_TIMEOUT,
                    CONNECTION_READ_TIMEOUT,
                    CONNECTION_WRITE_TIMEOUT,
                    HTTP_RESPONSE_TIMEOUT -> 504;
            case DNS_ERROR,
                    DESTINATION_IP_UNROUTABLE,
                    CONNECTION_REFUSED,
                    CONNECTION_TERMINATED,
                    TLS_PROTOCOL_ERROR,
                    TLS_CERTIFICATE_ERROR,
                    TLS_ALERT_RECEIVED,
                    HTTP_RESPONSE_INCOMPLETE,
                    HTTP_RESPONSE_HEADER_SECTION_SIZE,
                    HTTP_UPGRADE_FAILED,
                    HTTP_PROTOCOL_ERROR,
                    PROXY_LOOP_DETECTED -> 502;
            case DESTINATION_UNAVAILABLE, CONNECTION_LIMIT_REACHED -> 503;
            case DESTINATION_IP_PROHIBITED, HTTP_REQUEST_DENIED -> 403;
            case HTTP_REQUEST_ERROR -> 400;
            case DESTINATION_NOT_FOUND, PROXY_INTERNAL_RESPONSE, PROXY_INTERNAL_ERROR, PROXY_CONFIGURATION_ERROR -> 500;
        };
        return new Answer(status, error, detail);
    }

    /**
     * Writes the whole response.
     *
     * @param method of the request; HEAD is answered without the sentence
     * @param date for {@code Date}
     * @param hop who answers
     * @param close whether the connection ends after it
     */
    public void write(ByteBuf out, Method method, Ascii date, String hop, boolean close) {
        byte[] sentence = text();
        HeadWriter.statusLine(out, status);
        HeadWriter.field(out, FieldName.DATE, date);
        HeadWriter.field(out, FieldName.PROXY_STATUS, proxyStatus(hop));
        if (!location.isEmpty()) {
            HeadWriter.field(out, FieldName.LOCATION, Ascii.of(location));
        }
        HeadWriter.field(out, FieldName.CONTENT_TYPE, PLAIN);
        HeadWriter.field(out, FieldName.CONTENT_LENGTH, sentence.length);
        if (close) {
            HeadWriter.close(out);
        }
        HeadWriter.end(out);
        if (method != Method.HEAD) {
            out.writeBytes(sentence);
        }
    }

    /** The body: one sentence. */
    public byte[] text() {
        return (sentence() + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /**
     * The value of {@code Proxy-Status}.
     *
     * @param hop who answers
     */
    public Ascii proxyStatus(String hop) {
        return Ascii.of(ProxyStatus.of(error, sentence(), hop));
    }

    /** The detail, with the name of the rule where it does not have it. */
    private String sentence() {
        return rule.isEmpty() || detail.contains(rule) ? detail : "Rule " + rule + ": " + detail;
    }
}
