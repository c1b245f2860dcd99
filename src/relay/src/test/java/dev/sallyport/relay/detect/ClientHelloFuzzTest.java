package dev.sallyport.relay.detect;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sallyport.relay.detect.ClientHello.Reading;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a client sends first, it is read in one way, wherever it is cut and however it is laid out in records. */
class ClientHelloFuzzTest {
    static Stream<byte[]> hellos() throws Exception {
        byte[] hello = Hellos.of("shop.example", "TLSv1.3", "TLSv1.2");
        return Stream.of(
                hello, Hellos.inRecordsOf(50, hello), Hellos.of("", "TLSv1.2"), new byte[0], new byte[] {22, 3, 1});
    }

    @MethodSource("hellos")
    @FuzzTest(maxDuration = "5m")
    void hellosAreReadInOneWay(byte[] input) {
        ClientHello whole = new ClientHello();
        Reading reading = whole.read(Unpooled.wrappedBuffer(input));
        int cut = input.length == 0 ? 0 : (Arrays.hashCode(input) & Integer.MAX_VALUE) % input.length;
        Reading before = new ClientHello().read(Unpooled.wrappedBuffer(input, 0, cut));
        if (before != Reading.NEED_MORE) {
            assertThat(reading).isEqualTo(before);
        }
        if (reading == Reading.COMPLETE) {
            assertThat(whole.serverName()).matches("[a-z0-9._:-]{0,255}");
            assertThat(input.length).isLessThanOrEqualTo(ClientHello.MOST_BYTES + 1024);
        }
    }
}
