package dev.sallyport.relay.detect;

import dev.sallyport.model.address.IpAddress;
import dev.sallyport.model.request.Ascii;
import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The header of the PROXY protocol, version 1 or 2, by which a proxy in front says who its client is. It is read as
 * strictly as the specification allows, without being taken from its buffer.
 *
 * <p>Only what a TCP connection can have is believed. What comes from the proxy itself (LOCAL), from a client that it does
 * not know (UNKNOWN, UNSPEC) or over another transport (UDP, a Unix socket) leaves the addresses of the connection as they
 * are.
 */
public final class ProxyHeader {
    /** The most that a header may have, with all its TLVs, in bytes. */
    public static final int MOST_BYTES = 4 << 10;

    private static final byte[] TEXT = "PROXY ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BINARY = {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'};

    /** With the CRLF, which the specification counts, too. */
    private static final int MOST_TEXT = 107;

    private static final int PREFIX = 16;
    private static final int CRC32C_TLV = 0x03;
    private static final int TLS_TLV = 0x20;
    private static final int TLS_TLV_FIXED = 5;

    /** What a run of bytes is. */
    public enum Reading {
        /** The beginning of a header. */
        NEED_MORE,
        /** A header, whole. */
        COMPLETE,
        /** Something else. */
        ABSENT,
        /** It begins as a header and is none. */
        MALFORMED
    }

    private int length;
    private @Nullable InetSocketAddress client;
    private @Nullable InetSocketAddress server;

    /**
     * Reads what has arrived since the connection began. To be called again with all of it and more after {@link
     * Reading#NEED_MORE}.
     *
     * @param bytes left as they are
     */
    public Reading read(ByteBuf bytes) {
        if (begins(bytes, TEXT)) {
            return bytes.readableBytes() < TEXT.length ? Reading.NEED_MORE : text(bytes);
        }
        if (begins(bytes, BINARY)) {
            return bytes.readableBytes() < PREFIX ? Reading.NEED_MORE : binary(bytes);
        }
        return Reading.ABSENT;
    }

    private static boolean begins(ByteBuf bytes, byte[] signature) {
        int there = Math.min(bytes.readableBytes(), signature.length);
        for (int i = 0; i < there; i++) {
            if (bytes.getByte(bytes.readerIndex() + i) != signature[i]) {
                return false;
            }
        }
        return true;
    }

    // ---- version 1

    private Reading text(ByteBuf bytes) {
        int start = bytes.readerIndex();
        int there = Math.min(bytes.readableBytes(), MOST_TEXT);
        int end = bytes.indexOf(start, start + there, (byte) '\n');
        if (end < 0) {
            return there < MOST_TEXT ? Reading.NEED_MORE : Reading.MALFORMED;
        }
        if (bytes.getByte(end - 1) != '\r') {
            return Reading.MALFORMED;
        }
        length = end + 1 - start;
        String line = bytes.toString(start + TEXT.length, length - TEXT.length - 2, StandardCharsets.ISO_8859_1);
        if (line.equals("UNKNOWN") || line.startsWith("UNKNOWN ")) {
            return known(null, null);
        }
        String[] parts = line.split(" ", -1);
        if (parts.length != 5 || !parts[0].equals("TCP4") && !parts[0].equals("TCP6")) {
            return Reading.MALFORMED;
        }
        boolean v6 = parts[0].equals("TCP6");
        return addresses(address(parts[1], v6), port(parts[3]), address(parts[2], v6), port(parts[4]));
    }

    private static @Nullable InetAddress address(String text, boolean v6) {
        boolean plain = text.chars().allMatch(c -> c < 0x7F) && text.contains(":") == v6;
        IpAddress address = plain ? IpAddress.parse(Ascii.of(text)) : null;
        return address == null ? null : InetAddress.ofLiteral(address.toString());
    }

    private static int port(String text) {
        boolean number = !text.isEmpty()
                && text.length() <= 5
                && text.chars().allMatch(c -> c >= '0' && c <= '9')
                && (text.length() == 1 || text.charAt(0) != '0');
        return number ? Integer.parseInt(text) : -1;
    }

    private Reading addresses(@Nullable InetAddress from, int fromPort, @Nullable InetAddress to, int toPort) {
        boolean valid =
                from != null && to != null && fromPort >= 0 && fromPort <= 65_535 && toPort >= 0 && toPort <= 65_535;
        return valid
                ? known(new InetSocketAddress(from, fromPort), new InetSocketAddress(to, toPort))
                : Reading.MALFORMED;
    }

    private Reading known(@Nullable InetSocketAddress from, @Nullable InetSocketAddress to) {
        client = from;
        server = to;
        return Reading.COMPLETE;
    }

    // ---- version 2

    private Reading binary(ByteBuf bytes) {
        int start = bytes.readerIndex();
        int command = bytes.getUnsignedByte(start + 12);
        int family = bytes.getUnsignedByte(start + 13);
        length = PREFIX + bytes.getUnsignedShort(start + 14);
        if (command != 0x20 && command != 0x21 || addressBytes(family) < 0 || length > MOST_BYTES) {
            return Reading.MALFORMED;
        }
        boolean local = command == 0x20;
        int tlvs = PREFIX + addressBytes(family);
        if (!local && tlvs > length) {
            return Reading.MALFORMED;
        }
        if (bytes.readableBytes() < length) {
            return Reading.NEED_MORE;
        }
        if (local || family == 0) {
            // What follows has no meaning then, and is passed over.
            return known(null, null);
        }
        if (!soundTlvs(bytes, start, start + tlvs, start + length, false)) {
            return Reading.MALFORMED;
        }
        return switch (family) {
            case 0x11 -> binaryAddresses(bytes, start + PREFIX, 4);
            case 0x21 -> binaryAddresses(bytes, start + PREFIX, 16);
            default -> known(null, null);
        };
    }

    /** How many bytes the addresses of a family and transport have, or -1 when there is no such pair. */
    private static int addressBytes(int family) {
        return switch (family) {
            case 0x00 -> 0;
            case 0x11, 0x12 -> 12;
            case 0x21, 0x22 -> 36;
            case 0x31, 0x32 -> 216;
            default -> -1;
        };
    }

    private Reading binaryAddresses(ByteBuf bytes, int at, int size) {
        return known(
                new InetSocketAddress(binaryAddress(bytes, at, size), bytes.getUnsignedShort(at + 2 * size)),
                new InetSocketAddress(
                        binaryAddress(bytes, at + size, size), bytes.getUnsignedShort(at + 2 * size + 2)));
    }

    /** An IPv4-mapped address comes out as IPv4. */
    private static InetAddress binaryAddress(ByteBuf bytes, int at, int size) {
        byte[] address = new byte[size];
        bytes.getBytes(at, address);
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean soundTlvs(ByteBuf bytes, int start, int from, int end, boolean inner) {
        int at = from;
        boolean checked = false;
        while (at < end) {
            if (end - at < 3) {
                return false;
            }
            int type = bytes.getUnsignedByte(at);
            int size = bytes.getUnsignedShort(at + 1);
            int value = at + 3;
            at = value + size;
            if (at > end) {
                return false;
            }
            if (type == CRC32C_TLV && !inner) {
                if (checked || size != 4 || bytes.getInt(value) != checksum(bytes, start, value, end)) {
                    return false;
                }
                checked = true;
            }
            if (type == TLS_TLV
                    && !inner
                    && (size < TLS_TLV_FIXED || !soundTlvs(bytes, start, value + TLS_TLV_FIXED, at, true))) {
                return false;
            }
        }
        return true;
    }

    /** Over all of the header, with zeros where the checksum itself stands. */
    private static int checksum(ByteBuf bytes, int start, int at, int end) {
        byte[] header = new byte[end - start];
        bytes.getBytes(start, header);
        header[at - start] = 0;
        header[at - start + 1] = 0;
        header[at - start + 2] = 0;
        header[at - start + 3] = 0;
        CRC32C sum = new CRC32C();
        sum.update(header, 0, header.length);
        return (int) sum.getValue();
    }

    /** The header's bytes, after which the connection goes on. */
    public int length() {
        return length;
    }

    /** Who connected to the proxy; null when that is the proxy itself, or not known. */
    public @Nullable InetSocketAddress client() {
        return client;
    }

    /** What the client connected to; null as {@link #client()}. */
    public @Nullable InetSocketAddress server() {
        return server;
    }
}
