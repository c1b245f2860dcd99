package dev.sallyport.relay.detect;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sallyport.relay.detect.ProxyHeader.Reading;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever comes first on a connection is read in one way, wherever it is cut. */
class ProxyHeaderFuzzTest {
    static Stream<byte[]> headers() {
        return Stream.of(
                new byte[0],
                "PROXY TCP4 10.0.0.7 10.0.0.1 40000 443\r\nGET".getBytes(StandardCharsets.US_ASCII),
                "PROXY TCP6 2001:db8::7 ::1 1 2\r\n".getBytes(StandardCharsets.US_ASCII),
                "PROXY UNKNOWN\r\n".getBytes(StandardCharsets.US_ASCII),
                Headers.v2(0x20, 0, ""),
                Headers.v2(0x21, 0x11, "0A000007 0A000001 9C40 01BB 04 0001 00 20 0008 01 00000000 21 0000"),
                Headers.checked(Headers.v2(0x21, 0x21, "00".repeat(36) + "03 0004 00000000"), 16 + 36 + 3));
    }

    @MethodSource("headers")
    @FuzzTest(maxDuration = "5m")
    void headersAreReadInOneWay(byte[] input) {
        ProxyHeader whole = new ProxyHeader();
        Reading reading = whole.read(Unpooled.wrappedBuffer(input));
        for (int cut = 0; cut < Math.min(input.length, 600); cut++) {
            ProxyHeader part = new ProxyHeader();
            Reading before = part.read(Unpooled.wrappedBuffer(Arrays.copyOf(input, cut)));
            if (before != Reading.NEED_MORE) {
                assertThat(reading).isEqualTo(before);
                if (before == Reading.COMPLETE) {
                    assertThat(part.length()).isEqualTo(whole.length());
                    assertThat(part.client()).isEqualTo(whole.client());
                    assertThat(part.server()).isEqualTo(whole.server());
                }
            }
        }
        if (reading == Reading.COMPLETE) {
            assertThat(whole.length()).isBetween(15, Math.min(input.length, ProxyHeader.MOST_BYTES));
            assertThat(whole.client() == null).isEqualTo(whole.server() == null);
        }
    }
}
