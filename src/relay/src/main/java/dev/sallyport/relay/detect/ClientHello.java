package dev.sallyport.relay.detect;

import io.netty.buffer.ByteBuf;
import java.util.Locale;

/**
 * The first message of a client that speaks TLS (RFC 8446, section 4.1.2), as far as it matters before the handshake: the
 * name that the client asks for, and what certificates it takes. It is read without being taken from its buffer, so
 * that whoever ends TLS, or passes it through, has all of it.
 */
public final class ClientHello {
    /** The most that the message may have with the headers of its records, in bytes. */
    public static final int MOST_BYTES = 16 << 10;

    private static final int RECORD_HEADER = 5;
    private static final int HANDSHAKE = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int MESSAGE_HEADER = 4;

    private static final int SERVER_NAME = 0;
    private static final int SIGNATURE_ALGORITHMS = 13;
    private static final int SUPPORTED_VERSIONS = 43;
    private static final int TLS_1_3 = 0x0304;

    /** What a run of bytes is. */
    public enum Reading {
        /** The beginning of a hello. */
        NEED_MORE,
        /** A hello, whole. */
        COMPLETE,
        /** Something else than TLS. */
        NOT_TLS,
        /** TLS that begins with no valid hello. */
        MALFORMED,
        /** A hello above {@link #MOST_BYTES}. */
        TOO_LARGE
    }

    private byte[] message = {};
    private int at;
    private String serverName = "";
    private boolean tls13;
    private boolean ecdsaSuites;
    private int[] signatures = {};

    /**
     * Reads what has arrived since the connection began. To be called again with all of it and more after {@link
     * Reading#NEED_MORE}.
     *
     * @param bytes left as they are
     */
    public Reading read(ByteBuf bytes) {
        int length = 0;
        int wanted = -1;
        int record = bytes.readerIndex();
        int end = bytes.writerIndex();
        byte[] header = new byte[MESSAGE_HEADER];
        while (wanted < 0 || length < wanted) {
            Reading begun = recordBegins(bytes, record, end);
            if (begun != Reading.COMPLETE) {
                return begun;
            }
            int size = bytes.getUnsignedShort(record + 3);
            record += RECORD_HEADER;
            if (record - bytes.readerIndex() + size > MOST_BYTES) {
                return Reading.TOO_LARGE;
            }
            for (int i = 0; i < size && length + i < MESSAGE_HEADER && record + i < end; i++) {
                header[length + i] = bytes.getByte(record + i);
            }
            if (length + Math.min(size, end - record) > 0 && header[0] != CLIENT_HELLO) {
                return Reading.MALFORMED;
            }
            if (wanted < 0 && length + Math.min(size, end - record) >= MESSAGE_HEADER) {
                wanted = MESSAGE_HEADER + ((header[1] & 0xFF) << 16 | (header[2] & 0xFF) << 8 | header[3] & 0xFF);
            }
            if (wanted > MOST_BYTES) {
                return Reading.TOO_LARGE;
            }
            if (end - record < size) {
                return Reading.NEED_MORE;
            }
            length += size;
            record += size;
        }
        if (length > wanted) {
            // Nothing may follow in the same record: the client has yet to hear which keys are used.
            return Reading.MALFORMED;
        }
        message = assemble(bytes, length);
        return parse() ? Reading.COMPLETE : Reading.MALFORMED;
    }

    private static Reading recordBegins(ByteBuf bytes, int record, int end) {
        int there = end - record;
        if (there > 0 && bytes.getByte(record) != HANDSHAKE || there > 1 && bytes.getByte(record + 1) != 3) {
            return record == bytes.readerIndex() ? Reading.NOT_TLS : Reading.MALFORMED;
        }
        if (there < RECORD_HEADER) {
            return Reading.NEED_MORE;
        }
        return bytes.getUnsignedShort(record + 3) == 0 ? Reading.MALFORMED : Reading.COMPLETE;
    }

    private static byte[] assemble(ByteBuf bytes, int length) {
        byte[] whole = new byte[length];
        int filled = 0;
        int record = bytes.readerIndex();
        while (filled < length) {
            int size = bytes.getUnsignedShort(record + 3);
            bytes.getBytes(record + RECORD_HEADER, whole, filled, size);
            filled += size;
            record += RECORD_HEADER + size;
        }
        return whole;
    }

    private boolean parse() {
        serverName = "";
        tls13 = false;
        ecdsaSuites = false;
        signatures = new int[0];
        at = MESSAGE_HEADER + 2 + 32;
        int sessionEnd = block(1, message.length);
        if (sessionEnd < 0) {
            return false;
        }
        at = sessionEnd;
        int suitesEnd = block(2, message.length);
        if (suitesEnd < 0 || (suitesEnd - at) % 2 != 0) {
            return false;
        }
        while (at < suitesEnd) {
            ecdsaSuites |= isEcdsa(number(2));
        }
        int compressionsEnd = block(1, message.length);
        if (compressionsEnd < 0) {
            return false;
        }
        at = compressionsEnd;
        return at == message.length || extensions();
    }

    private boolean extensions() {
        int end = block(2, message.length);
        if (end != message.length) {
            return false;
        }
        boolean named = false;
        while (at < end) {
            if (end - at < 4) {
                return false;
            }
            int type = number(2);
            int extensionEnd = block(2, end);
            if (extensionEnd < 0) {
                return false;
            }
            boolean valid = switch (type) {
                case SERVER_NAME -> {
                    boolean first = !named;
                    named = true;
                    yield first && serverName(extensionEnd);
                }
                case SIGNATURE_ALGORITHMS -> signatures(extensionEnd);
                case SUPPORTED_VERSIONS -> versions(extensionEnd);
                default -> true;
            };
            if (!valid) {
                return false;
            }
            at = extensionEnd;
        }
        return true;
    }

    /** RFC 6066, section 3: one name of the one type that there is. */
    private boolean serverName(int end) {
        if (block(2, end) != end || end - at < 3 || number(1) != 0 || block(2, end) != end || at == end) {
            return false;
        }
        StringBuilder name = new StringBuilder(end - at);
        while (at < end) {
            char c = (char) number(1);
            boolean good = c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || c >= '0' && c <= '9'
                    || c == '-'
                    || c == '.'
                    || c == '_'
                    || c == ':';
            if (!good) {
                return false;
            }
            name.append(c);
        }
        serverName = name.toString().toLowerCase(Locale.ROOT);
        return serverName.length() <= 255;
    }

    private boolean signatures(int end) {
        if (block(2, end) != end || (end - at) % 2 != 0) {
            return false;
        }
        signatures = new int[(end - at) / 2];
        for (int i = 0; i < signatures.length; i++) {
            signatures[i] = number(2);
        }
        return true;
    }

    private boolean versions(int end) {
        if (block(1, end) != end || (end - at) % 2 != 0) {
            return false;
        }
        while (at < end) {
            tls13 |= number(2) == TLS_1_3;
        }
        return true;
    }

    /**
     * Goes into a block that begins with its length.
     *
     * @return where it ends, or -1 when that is beyond {@code limit}
     */
    private int block(int lengthBytes, int limit) {
        if (at + lengthBytes > limit) {
            return -1;
        }
        int length = number(lengthBytes);
        return length > limit - at ? -1 : at + length;
    }

    private int number(int bytes) {
        int value = 0;
        for (int i = 0; i < bytes; i++) {
            value = value << 8 | message[at++] & 0xFF;
        }
        return value;
    }

    /** Whether a suite of TLS 1.2 goes with a certificate for ECDSA. */
    private static boolean isEcdsa(int suite) {
        return switch (suite) {
            case 0xC009, 0xC00A, 0xC023, 0xC024, 0xC02B, 0xC02C, 0xC0AC, 0xC0AD, 0xCCA9 -> true;
            default -> false;
        };
    }

    /** The name that the client asks for (SNI), in lower case, of letters, digits and {@code -._:}; empty: none. */
    public String serverName() {
        return serverName;
    }

    /**
     * Whether the client takes a certificate whose key signs by ECDSA.
     *
     * @param scheme of the signature, that of the key's curve (RFC 8446, section 4.2.3)
     */
    public boolean takesEcdsa(int scheme) {
        boolean listed = false;
        for (int signature : signatures) {
            listed |= signature == scheme;
        }
        return listed && (ecdsaSuites || tls13);
    }
}
