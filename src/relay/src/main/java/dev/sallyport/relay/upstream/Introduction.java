package dev.sallyport.relay.upstream;

import dev.sallyport.model.config.OriginConnections.ProxyProtocolVersion;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * For whom a connection to an endpoint is made, as a PROXY header tells it. Such a connection serves that client's one
 * request or tunnel alone: the header cannot be taken back.
 *
 * @param client who asks
 * @param reached what it connected to
 */
public record Introduction(InetSocketAddress client, InetSocketAddress reached) {
    private static final byte[] SIGNATURE = {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'};
    private static final int PROXY = 0x21;
    private static final int TCP4 = 0x11;
    private static final int TCP6 = 0x21;
    private static final int MOST_TEXT = 107;

    /** The header, for the caller to release. */
    ByteBuf header(ProxyProtocolVersion version, ByteBufAllocator allocator) {
        return switch (version) {
            case V1 -> text(allocator);
            case V2 -> binary(allocator);
        };
    }

    /** Where the two are of different families, the IPv4 one is written in its mapped form. */
    private boolean isV4() {
        return client.getAddress().getAddress().length == 4
                && reached.getAddress().getAddress().length == 4;
    }

    private ByteBuf text(ByteBufAllocator allocator) {
        boolean v4 = isV4();
        String line = "PROXY " + (v4 ? "TCP4 " : "TCP6 ") + literal(client, v4) + " " + literal(reached, v4) + " "
                + client.getPort() + " " + reached.getPort() + "\r\n";
        ByteBuf header = allocator.ioBuffer(MOST_TEXT);
        header.writeCharSequence(line, StandardCharsets.US_ASCII);
        return header;
    }

    private static String literal(InetSocketAddress address, boolean v4) {
        InetAddress ip = address.getAddress();
        String text = ip.getHostAddress();
        int zone = text.indexOf('%');
        String plain = zone < 0 ? text : text.substring(0, zone);
        return ip.getAddress().length == 4 && !v4 ? "::ffff:" + plain : plain;
    }

    private ByteBuf binary(ByteBufAllocator allocator) {
        boolean v4 = isV4();
        int addresses = v4 ? 12 : 36;
        ByteBuf header = allocator.ioBuffer(SIGNATURE.length + 4 + addresses);
        header.writeBytes(SIGNATURE)
                .writeByte(PROXY)
                .writeByte(v4 ? TCP4 : TCP6)
                .writeShort(addresses);
        bytes(header, client, v4);
        bytes(header, reached, v4);
        return header.writeShort(client.getPort()).writeShort(reached.getPort());
    }

    private static void bytes(ByteBuf header, InetSocketAddress address, boolean v4) {
        byte[] bytes = address.getAddress().getAddress();
        if (bytes.length == 4 && !v4) {
            header.writeZero(10).writeShort(0xffff);
        }
        header.writeBytes(bytes);
    }
}
