package dev.sallyport.relay.upstream.names;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseDecoder;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs its seeds as ordinary tests; {@code make fuzz} looks for more by coverage. */
class ReplyFuzzTest {
    private static final InetSocketAddress ANYBODY = new InetSocketAddress("127.0.0.1", 53);

    static Stream<byte[]> messages() {
        String question = "0001818000010002000000000161047465737400" + "00010001";
        String alias = "c00c000500010000003c0004" + "0162c00e";
        String address = "c024000100010000003c0004c0000201";
        return Stream.of(question + alias + address, question + address, "", "00018183")
                .map(HexFormat.of()::parseHex);
    }

    /** Whatever a server sends, it is at most as many addresses of the family that was asked for. */
    @MethodSource("messages")
    @FuzzTest(maxDuration = "5m")
    void anyMessageIsReadOrRefused(byte[] message) {
        EmbeddedChannel channel = new EmbeddedChannel(new DatagramDnsResponseDecoder());
        DatagramDnsResponse response;
        try {
            channel.writeInbound(new DatagramPacket(Unpooled.wrappedBuffer(message), ANYBODY, ANYBODY));
            response = channel.readInbound();
        } catch (DecoderException e) {
            return;
        }
        if (response == null) {
            return;
        }
        try {
            for (Family family : Family.values()) {
                if (Reply.read(response, "a.test", family) instanceof Reply.Addresses found) {
                    assertThat(found.addresses()).hasSizeBetween(1, Reply.MOST_ADDRESSES);
                    assertThat(found.ttl()).isBetween(0L, 0xFFFFFFFFL);
                }
            }
        } catch (CorruptedFrameException e) {
            // A malformed name; the server counts as one that cannot say.
        } finally {
            response.release();
        }
    }
}
