package dev.sallyport.relay.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sallyport.relay.http.Fault;
import dev.sallyport.relay.http.FieldSet;
import dev.sallyport.relay.http.HeadLimits;
import dev.sallyport.relay.http.RequestHead;
import dev.sallyport.relay.http.h1.HeadWriter;
import dev.sallyport.relay.http.h1.Progress;
import dev.sallyport.relay.http.h1.RequestParser;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** As {@code CodecFuzzTest}, for frames and header blocks. */
class FrameFuzzTest {
    static Stream<byte[]> frames() {
        return Stream.concat(
                Stream.of(FrameReaderTest.SAMPLE),
                FrameReaderTest.breaches()
                        .map(each -> FrameReaderTest.join(FrameReaderTest.SETTINGS, (byte[]) each.get()[1])));
    }

    static Stream<byte[]> blocks() {
        return HeadCodecTest.blocks();
    }

    @MethodSource("frames")
    @FuzzTest(maxDuration = "5m")
    void framesAreReadInOneWay(byte[] input) {
        int cut = input.length == 0 ? 0 : (Arrays.hashCode(input) & Integer.MAX_VALUE) % input.length;
        assertThat(Told.of(1000, Arrays.copyOf(input, cut), Arrays.copyOfRange(input, cut, input.length)))
                .isEqualTo(Told.of(1000, input));
    }

    /** What is accepted goes on in HTTP/1.1 as one request, which is read there as the same. */
    @MethodSource("blocks")
    @FuzzTest(maxDuration = "5m")
    void blocksGoOnAsOneRequest(byte[] input) {
        RequestHead head = new RequestHead();
        HeadDecoder decoder = new HeadDecoder(HeadLimits.DEFAULT, new SplittableRandom(1));
        if (decoder.request(Unpooled.wrappedBuffer(input), head, true) != null || decoder.fault() != null) {
            return;
        }
        ByteBuf out = Unpooled.buffer();
        HeadWriter.requestLine(out, head);
        HeadWriter.fields(out, head, FieldSet.NONE);
        HeadWriter.connection(out, head, head.upgrade() != null);
        HeadWriter.framing(out, head);
        HeadWriter.end(out);
        RequestHead read = new RequestHead();
        RequestParser parser = new RequestParser(read, new HeadLimits(64 << 10, 128 << 10, 200));
        Progress progress = parser.parse(out);
        if (parser.fault() == Fault.TARGET_FORM) {
            return;
        }
        assertThat(progress).as("%s", parser.fault()).isEqualTo(Progress.COMPLETE);
        assertThat(out.isReadable()).isFalse();
        assertThat(read.method().toString()).isEqualTo(head.method().toString());
        assertThat(read.path().toString()).isEqualTo(head.path().toString());
        assertThat(read.host().toString()).isEqualTo(head.host().toString());
        assertThat(read.framing()).isEqualTo(head.framing());
    }
}
