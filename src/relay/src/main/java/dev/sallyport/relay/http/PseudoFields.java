package dev.sallyport.relay.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What HTTP/2 says of a message in place of a start line (RFC 9113, section 8.3, RFC 8441, section 4): each a range of
 * the head that its fields are in.
 */
public final class PseudoFields {
    static final int METHOD = 0;
    static final int SCHEME = 1;
    static final int AUTHORITY = 2;
    static final int PATH = 3;
    static final int PROTOCOL = 4;
    static final int STATUS = 5;

    private static final int COUNT = 6;
    private static final int MISSING = -1;
    private static final byte[][] NAMES = Stream.of(":method", ":scheme", ":authority", ":path", ":protocol", ":status")
            .map(name -> name.getBytes(StandardCharsets.US_ASCII))
            .toArray(byte[][]::new);

    private final int[] starts = new int[COUNT];
    private final int[] lengths = new int[COUNT];

    /** Begins anew, without any. */
    public void clear() {
        Arrays.fill(lengths, MISSING);
    }

    /**
     * Takes a value.
     *
     * @param bytes of the head, with the name from {@code name} on
     * @return null, or what is wrong: a name that is not known or came before
     */
    public @Nullable Fault take(byte[] bytes, int name, int nameLength, int start, int length) {
        int which = which(bytes, name, nameLength);
        if (which == MISSING || lengths[which] != MISSING) {
            return Fault.PSEUDO_FIELD;
        }
        starts[which] = start;
        lengths[which] = length;
        return null;
    }

    private static int which(byte[] bytes, int name, int length) {
        for (int i = 0; i < COUNT; i++) {
            byte[] known = NAMES[i];
            if (length == known.length && Arrays.equals(bytes, name, name + length, known, 0, length)) {
                return i;
            }
        }
        return MISSING;
    }

    /** Whether {@code :protocol} is there: the request asks for another protocol on its stream. */
    public boolean asksForProtocol() {
        return has(PROTOCOL);
    }

    /** Whether {@code :protocol} is {@code websocket}. */
    public boolean asksForWebSocket(Head head) {
        int start = starts[PROTOCOL];
        return has(PROTOCOL) && Octets.equalsLowerCase(head.bytes(), start, start + lengths[PROTOCOL], "websocket");
    }

    /** The bytes of the path, as far as one is there. */
    public int pathLength() {
        return Math.max(0, lengths[PATH]);
    }

    boolean has(int which) {
        return lengths[which] != MISSING;
    }

    int start(int which) {
        return starts[which];
    }

    int length(int which) {
        return lengths[which];
    }

    boolean ofRequest() {
        return lengths[METHOD] > 0 && !has(STATUS);
    }

    boolean ofConnect() {
        return has(AUTHORITY) && !has(SCHEME) && !has(PATH);
    }

    boolean ofResponse() {
        boolean others = has(METHOD) || has(SCHEME) || has(AUTHORITY) || has(PATH) || has(PROTOCOL);
        return lengths[STATUS] == 3 && !others;
    }
}
