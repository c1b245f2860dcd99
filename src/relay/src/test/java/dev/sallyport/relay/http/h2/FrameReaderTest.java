package dev.sallyport.relay.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FrameReaderTest {
    private static final int BLOCK = 1000;

    /** A frame as it is on the wire. */
    static byte[] frame(int type, int flags, int stream, String payload) {
        ByteBuf out = Unpooled.buffer();
        Frames.header(out, payload.length(), type, flags, stream);
        out.writeCharSequence(payload, StandardCharsets.ISO_8859_1);
        return ByteBufUtil.getBytes(out);
    }

    static byte[] join(byte[]... parts) {
        ByteBuf all = Unpooled.buffer();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return ByteBufUtil.getBytes(all);
    }

    static final byte[] SETTINGS = frame(Frames.SETTINGS, 0, 0, "");

    /** All kinds of frames, one after another. */
    static final byte[] SAMPLE = join(
            frame(Frames.SETTINGS, 0, 0, "\0\4\0\1\0\0"),
            frame(Frames.SETTINGS, Frames.ACK, 0, ""),
            frame(Frames.HEADERS, Frames.END_HEADERS, 1, "abc"),
            frame(Frames.DATA, 0, 1, "hello"),
            frame(Frames.DATA, 0, 1, ""),
            frame(Frames.DATA, Frames.PADDED, 1, "\3 world\0\0\0"),
            frame(Frames.DATA, Frames.PADDED, 1, "\2\0\0"),
            frame(Frames.DATA, Frames.END_STREAM, 1, "!"),
            frame(Frames.HEADERS, Frames.END_STREAM | Frames.HAS_PRIORITY | Frames.PADDED, 3, "\2\0\0\0\3\7de\0\0"),
            frame(Frames.CONTINUATION, 0, 3, "f"),
            frame(Frames.CONTINUATION, Frames.END_HEADERS, 3, ""),
            frame(Frames.PRIORITY, 0, 5, "\0\0\0\1\0"),
            frame(Frames.PING, 0, 0, "\0\0\0\0\0\0\0\7"),
            frame(Frames.WINDOW_UPDATE, 0, 1, "\0\0\1\0"),
            frame(77, 0, 1, "what"),
            frame(Frames.RST_STREAM, 0, 1, "\0\0\0\u0008"),
            frame(Frames.GOAWAY, 0, 0, "\0\0\0\3\0\0\0\0bye"));

    @Test
    void tellsAllFrames() {
        assertThat(Told.of(BLOCK, SAMPLE))
                .containsExactly(
                        "setting 4=65536",
                        "settings",
                        "settings ack",
                        "headers 1 abc",
                        "data 1 hello world*******!",
                        "end 1",
                        "headers 3 def end self",
                        "priority 5",
                        "ping false 7",
                        "window 1 +256",
                        "unknown 77",
                        "reset 1 CANCEL",
                        "goaway 3 NO_ERROR");
    }

    @Test
    void doesNotCareHowTheBytesCome() {
        List<String> whole = Told.of(BLOCK, SAMPLE);
        for (int cut = 1; cut < SAMPLE.length; cut++) {
            byte[][] pieces = {Arrays.copyOf(SAMPLE, cut), Arrays.copyOfRange(SAMPLE, cut, SAMPLE.length)};
            assertThat(Told.of(BLOCK, pieces)).as("cut at %d", cut).isEqualTo(whole);
        }
        byte[][] single = new byte[SAMPLE.length][];
        for (int i = 0; i < single.length; i++) {
            single[i] = new byte[] {SAMPLE[i]};
        }
        assertThat(Told.of(BLOCK, single)).isEqualTo(whole);
    }

    static Stream<Arguments> breaches() {
        return Stream.of(
                Arguments.of(Breach.FRAME_TOO_LARGE, new byte[] {0, 64, 1, 0, 0, 0, 0, 0, 1}),
                Arguments.of(Breach.FRAME_STREAM, frame(Frames.DATA, 0, 0, "x")),
                Arguments.of(Breach.FRAME_STREAM, frame(Frames.HEADERS, 4, 0, "x")),
                Arguments.of(Breach.FRAME_STREAM, frame(Frames.PRIORITY, 0, 0, "\0\0\0\1\0")),
                Arguments.of(Breach.FRAME_STREAM, frame(Frames.RST_STREAM, 0, 0, "\0\0\0\0")),
                Arguments.of(Breach.FRAME_STREAM, frame(Frames.SETTINGS, 0, 1, "")),
                Arguments.of(Breach.FRAME_STREAM, frame(Frames.PING, 0, 1, "12345678")),
                Arguments.of(Breach.FRAME_STREAM, frame(Frames.GOAWAY, 0, 1, "12345678")),
                Arguments.of(Breach.FRAME_LENGTH, frame(Frames.PRIORITY, 0, 1, "1234")),
                Arguments.of(Breach.FRAME_LENGTH, frame(Frames.RST_STREAM, 0, 1, "12345")),
                Arguments.of(Breach.FRAME_LENGTH, frame(Frames.SETTINGS, 0, 0, "12345")),
                Arguments.of(Breach.FRAME_LENGTH, frame(Frames.SETTINGS, Frames.ACK, 0, "123456")),
                Arguments.of(Breach.FRAME_LENGTH, frame(Frames.PING, 0, 0, "1234567")),
                Arguments.of(Breach.FRAME_LENGTH, frame(Frames.GOAWAY, 0, 0, "1234567")),
                Arguments.of(Breach.FRAME_LENGTH, frame(Frames.WINDOW_UPDATE, 0, 0, "123")),
                Arguments.of(Breach.FRAME_LENGTH, frame(Frames.HEADERS, Frames.PADDED, 1, "")),
                Arguments.of(Breach.FRAME_LENGTH, frame(Frames.HEADERS, Frames.HAS_PRIORITY, 1, "1234")),
                Arguments.of(Breach.PADDING, frame(Frames.DATA, Frames.PADDED, 1, "\3ab")),
                Arguments.of(Breach.PADDING, frame(Frames.DATA, Frames.PADDED, 1, "")),
                Arguments.of(Breach.PADDING, frame(Frames.HEADERS, Frames.PADDED, 1, "\3ab")),
                Arguments.of(Breach.PUSH, frame(Frames.PUSH_PROMISE, 4, 1, "\0\0\0\2")),
                Arguments.of(Breach.CONTINUATION_UNASKED, frame(Frames.CONTINUATION, 4, 1, "")),
                Arguments.of(Breach.SELF_DEPENDENCY, frame(Frames.PRIORITY, 0, 1, "\0\0\0\1\0")),
                Arguments.of(Breach.SETTINGS_VALUE, frame(Frames.SETTINGS, 0, 0, "\0\2\0\0\0\2")),
                Arguments.of(Breach.SETTINGS_WINDOW, frame(Frames.SETTINGS, 0, 0, "\0\4\u0080\0\0\0")),
                Arguments.of(Breach.SETTINGS_VALUE, frame(Frames.SETTINGS, 0, 0, "\0\5\0\0\u003f\u00ff")),
                Arguments.of(Breach.SETTINGS_VALUE, frame(Frames.SETTINGS, 0, 0, "\0\5\1\0\0\0")),
                Arguments.of(Breach.SETTINGS_VALUE, frame(Frames.SETTINGS, 0, 0, "\0\u0008\0\0\0\2")),
                Arguments.of(
                        Breach.HEADER_BLOCK_INTERRUPTED,
                        join(frame(Frames.HEADERS, 0, 1, "a"), frame(Frames.PING, 0, 0, "12345678"))),
                Arguments.of(
                        Breach.HEADER_BLOCK_INTERRUPTED,
                        join(frame(Frames.HEADERS, 0, 1, "a"), frame(Frames.CONTINUATION, 4, 3, "a"))),
                Arguments.of(Breach.HEADER_BLOCK_TOO_LARGE, frame(Frames.HEADERS, 4, 1, "a".repeat(BLOCK + 1))),
                Arguments.of(
                        Breach.HEADER_BLOCK_TOO_LARGE,
                        join(frame(Frames.HEADERS, 0, 1, "a".repeat(BLOCK)), frame(Frames.CONTINUATION, 0, 1, "a"))),
                Arguments.of(Breach.CONTINUATION_FLOOD, emptyContinuations()));
    }

    /** CVE-2026-33871: frames without a byte never fill a limit in bytes. */
    private static byte[] emptyContinuations() {
        byte[] flood = frame(Frames.HEADERS, 0, 1, "a");
        for (int i = 0; i < 40; i++) {
            flood = join(flood, frame(Frames.CONTINUATION, 0, 1, ""));
        }
        return flood;
    }

    @ParameterizedTest
    @MethodSource("breaches")
    void refusesWhatBreaksTheProtocol(Breach breach, byte[] frames) {
        assertThat(Told.of(BLOCK, join(SETTINGS, frames)).getLast()).isEqualTo("breach " + breach);
    }

    @Test
    void beginsWithSettings() {
        assertThat(Told.of(BLOCK, frame(Frames.PING, 0, 0, "12345678")))
                .containsExactly("breach " + Breach.SETTINGS_NOT_FIRST);
        assertThat(Told.of(BLOCK, frame(Frames.SETTINGS, Frames.ACK, 0, "")))
                .containsExactly("breach " + Breach.SETTINGS_NOT_FIRST);
    }
}
