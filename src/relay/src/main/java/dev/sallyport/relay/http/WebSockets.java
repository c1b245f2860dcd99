package dev.sallyport.relay.http;

import dev.sallyport.model.request.Ascii;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * WebSockets in both versions of HTTP: heads have them as HTTP/1.1 does (RFC 6455, section 4), with an upgrade, a key and a
 * proof that it was read; HTTP/2 has none of these (RFC 8441).
 */
public final class WebSockets {
    private static final byte[] NAME = "websocket".getBytes(StandardCharsets.US_ASCII);
    private static final String PROOF = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int KEY_BYTES = 16;

    private WebSockets() {}

    /** Whether a request asks for a WebSocket, and for nothing else in its place. */
    public static boolean asks(RequestHead request) {
        Ascii protocol = request.knownMethod() == Method.GET ? request.upgrade() : null;
        int line = request.first(FieldName.UPGRADE);
        return protocol != null
                && request.next(FieldName.UPGRADE, line) < 0
                && request.has(FieldName.SEC_WEBSOCKET_KEY)
                && protocol.equalsLowerCase("websocket");
    }

    /** Adds what HTTP/1.1 asks with to the fields of a request that came in HTTP/2, and a key in place of the client's, who has none. */
    public static void ask(RequestHead request, RandomGenerator random) {
        request.replace(FieldName.UPGRADE, NAME);
        if (!request.has(FieldName.SEC_WEBSOCKET_KEY)) {
            byte[] key = new byte[KEY_BYTES];
            random.nextBytes(key);
            request.replace(FieldName.SEC_WEBSOCKET_KEY, Base64.getEncoder().encode(key));
        }
    }

    /** Makes of a response of HTTP/2 that agrees the one that HTTP/1.1 would have to {@code request}. */
    public static void agree(ResponseHead response, RequestHead request) {
        response.replace(FieldName.UPGRADE, NAME);
        response.replace(
                FieldName.SEC_WEBSOCKET_ACCEPT,
                proof(Objects.requireNonNull(request.field(FieldName.SEC_WEBSOCKET_KEY))));
        response.endFields(response.filled());
        response.switchesProtocols();
    }

    private static byte[] proof(Ascii key) {
        try {
            byte[] text = (key + PROOF).getBytes(StandardCharsets.ISO_8859_1);
            return Base64.getEncoder().encode(MessageDigest.getInstance("SHA-1").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
