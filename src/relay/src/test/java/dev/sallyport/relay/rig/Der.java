package dev.sallyport.relay.rig;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;

/** As much of ASN.1's distinguished encoding as certificates are made of. */
final class Der {
    private static final DateTimeFormatter UTC =
            DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    private Der() {}

    static byte[] tagged(int tag, byte[]... contents) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] each : contents) {
            content.writeBytes(each);
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(tag);
        int length = content.size();
        if (length >= 0x80) {
            int bytes = length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
            all.write(0x80 | bytes);
            for (int i = bytes - 1; i >= 0; i--) {
                all.write(length >> 8 * i);
            }
        } else {
            all.write(length);
        }
        all.writeBytes(content.toByteArray());
        return all.toByteArray();
    }

    static byte[] sequence(byte[]... contents) {
        return tagged(0x30, contents);
    }

    static byte[] integer(int small) {
        return tagged(2, new byte[] {(byte) small});
    }

    static byte[] yes() {
        return tagged(1, new byte[] {(byte) 0xFF});
    }

    static byte[] octets(byte[]... contents) {
        return tagged(4, contents);
    }

    static byte[] bits(byte[] whole) {
        return tagged(3, new byte[] {0}, whole);
    }

    static byte[] text(int tag, String text) {
        return tagged(tag, text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] time(Instant instant) {
        return text(0x17, UTC.format(instant));
    }

    static byte[] oid(int... arcs) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.write(arcs[0] * 40 + arcs[1]);
        for (int i = 2; i < arcs.length; i++) {
            for (int shift = 28; shift > 0; shift -= 7) {
                if (arcs[i] >> shift != 0) {
                    content.write(arcs[i] >> shift & 0x7F | 0x80);
                }
            }
            content.write(arcs[i] & 0x7F);
        }
        return tagged(6, content.toByteArray());
    }

    /** The content of the n-th part of a sequence. */
    static byte[] part(byte[] sequence, int n) {
        int at = content(sequence, 0);
        for (int i = 0; i < n; i++) {
            at = end(sequence, at);
        }
        return Arrays.copyOfRange(sequence, content(sequence, at), end(sequence, at));
    }

    private static int content(byte[] der, int at) {
        int first = der[at + 1] & 0xFF;
        return at + 2 + (first < 0x80 ? 0 : first & 0x7F);
    }

    private static int end(byte[] der, int at) {
        int first = der[at + 1] & 0xFF;
        int length = first < 0x80 ? first : 0;
        for (int i = at + 2; i < content(der, at); i++) {
            length = length << 8 | der[i] & 0xFF;
        }
        return content(der, at) + length;
    }
}
