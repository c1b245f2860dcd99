package dev.sallyport.operator.webhook;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** As much of ASN.1's distinguished encoding (X.690) as certificates are made of. */
final class Der {
    private static final DateTimeFormatter GENERALIZED =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter UTC =
            DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final Instant LAST_UTC = Instant.parse("2049-12-31T23:59:59Z");

    private Der() {}

    static byte[] tagged(int tag, byte[]... contents) {
        var content = new ByteArrayOutputStream();
        for (byte[] each : contents) {
            content.writeBytes(each);
        }
        var all = new ByteArrayOutputStream();
        all.write(tag);
        int length = content.size();
        if (length < 0x80) {
            all.write(length);
        } else {
            byte[] bytes = BigInteger.valueOf(length).toByteArray();
            int from = bytes[0] == 0 ? 1 : 0;
            all.write(0x80 | bytes.length - from);
            all.write(bytes, from, bytes.length - from);
        }
        all.writeBytes(content.toByteArray());
        return all.toByteArray();
    }

    static byte[] sequence(byte[]... contents) {
        return tagged(0x30, contents);
    }

    static byte[] integer(BigInteger number) {
        return tagged(2, number.toByteArray());
    }

    static byte[] yes() {
        return tagged(1, new byte[] {(byte) 0xFF});
    }

    static byte[] octets(byte[] content) {
        return tagged(4, content);
    }

    /** @param unused how many bits at the end do not count */
    static byte[] bits(int unused, byte[] content) {
        return tagged(3, new byte[] {(byte) unused}, content);
    }

    static byte[] text(int tag, String text) {
        return tagged(tag, text.getBytes(StandardCharsets.UTF_8));
    }

    /** As certificates want it: with two digits of the year up to 2049 (RFC 5280, section 4.1.2.5). */
    static byte[] time(Instant instant) {
        return instant.isAfter(LAST_UTC) ? text(0x18, GENERALIZED.format(instant)) : text(0x17, UTC.format(instant));
    }

    static byte[] oid(int... arcs) {
        var content = new ByteArrayOutputStream();
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
}
