package dev.sallyport.relay.detect;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/** PROXY headers of version 2. */
public final class Headers {
    private Headers() {}

    /** @param rest all after the length, in hexadecimal with blanks where they please */
    public static byte[] v2(int command, int family, String rest) {
        byte[] bytes = HexFormat.of().parseHex(rest.replace(" ", ""));
        return ByteBuffer.allocate(16 + bytes.length)
                .put(HexFormat.of().parseHex("0D0A0D0A000D0A515549540A"))
                .put((byte) command)
                .put((byte) family)
                .putShort((short) bytes.length)
                .put(bytes)
                .array();
    }

    /** The header with its checksum at {@code at}, where there are zeros. */
    public static byte[] checked(byte[] header, int at) {
        CRC32C sum = new CRC32C();
        sum.update(header, 0, header.length);
        return ByteBuffer.wrap(header.clone()).putInt(at, (int) sum.getValue()).array();
    }
}
