package dev.sallyport.relay.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sallyport.relay.http.HeadLimits;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs the corpus as ordinary tests; {@code make fuzz} looks for more by coverage, one method at a time. What it finds is
 * kept among the test resources and runs with the corpus from then on.
 */
class CodecFuzzTest {
    static Stream<byte[]> requests() {
        return Corpus.all().stream().map(Transcript::bytes);
    }

    static Stream<byte[]> chunks() {
        return Corpus.all().stream()
                .filter(text -> text.contains("Transfer-Encoding: chunked\r\n"))
                .map(text -> text.substring(text.indexOf("\r\n\r\n") + 4))
                .map(Transcript::bytes);
    }

    static Stream<byte[]> responses() {
        return ResponseOracleTest.GOOD.stream().map(Transcript::bytes);
    }

    @MethodSource("requests")
    @FuzzTest(maxDuration = "5m")
    void requestsAreReadInOneWay(byte[] input) {
        read(input);
    }

    @MethodSource("chunks")
    @FuzzTest(maxDuration = "5m")
    void chunksAreReadInOneWay(byte[] input) {
        byte[] head = Transcript.bytes("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        byte[] text = Arrays.copyOf(head, head.length + input.length);
        System.arraycopy(input, 0, text, head.length, input.length);
        read(text);
    }

    @MethodSource("responses")
    @FuzzTest(maxDuration = "5m")
    void responsesAreReadAsNettyDoes(byte[] input) {
        ResponseOracleTest.compare(new String(input, StandardCharsets.ISO_8859_1), "fuzz");
    }

    /** The cut does not matter, Netty agrees on what is accepted, and it goes on as it was meant. */
    private static void read(byte[] input) {
        Transcript whole = Transcript.read(List.of(input), HeadLimits.DEFAULT);
        int cut = Arrays.hashCode(input) & Integer.MAX_VALUE;
        cut = input.length == 0 ? 0 : cut % input.length;
        List<byte[]> halves = List.of(Arrays.copyOfRange(input, 0, cut), Arrays.copyOfRange(input, cut, input.length));
        assertThat(Transcript.read(halves, HeadLimits.DEFAULT)).isEqualTo(whole);
        String text = new String(input, StandardCharsets.ISO_8859_1);
        if (!whole.messages().isEmpty()) {
            NettyOracleTest.compare(text, "fuzz");
            assertThat(Forwarding.check(input)).isEqualTo(whole.messages().size());
        }
    }
}
