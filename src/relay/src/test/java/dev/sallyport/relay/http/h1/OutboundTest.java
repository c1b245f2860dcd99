package dev.sallyport.relay.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.relay.http.Framing;
import dev.sallyport.relay.loop.Round;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each buffer that a channel is given is a piece of its own to the system. */
class OutboundTest {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Outbound out = new Outbound(new Round(tasks::add), channel);

    @AfterEach
    void nothingIsLeft() {
        channel.finishAndReleaseAll();
    }

    private void endRound() {
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
    }

    /** What was sent and not looked at before. */
    private List<String> sent() {
        List<String> pieces = new ArrayList<>();
        for (ByteBuf piece = channel.readOutbound(); piece != null; piece = channel.readOutbound()) {
            pieces.add(piece.toString(StandardCharsets.US_ASCII));
            piece.release();
        }
        return pieces;
    }

    private void head(String text) {
        out.room().writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static ByteBuf data(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    @Test
    void aHeadAndAShortBodyAreOnePieceAtTheEndOfTheRound() {
        head("head,");
        ByteBuf body = data("body");
        out.write(body);
        out.flush();
        assertThat(sent()).isEmpty();
        endRound();
        assertThat(sent()).containsExactly("head,body");
        assertThat(body.refCnt()).isZero();
    }

    @Test
    void soAreTheAnswersToRequestsThatWereSentAhead() {
        for (int i = 0; i < 3; i++) {
            head("head,");
            out.write(data("body;"));
        }
        endRound();
        assertThat(sent()).containsExactly("head,body;head,body;head,body;");
    }

    @Test
    void soAreShortChunks() {
        BodyWriter body = new BodyWriter(out);
        body.begin(Framing.CHUNKED);
        body.write(data("ab"));
        body.write(data("c"));
        body.end(null);
        endRound();
        assertThat(sent()).containsExactly("2\r\nab\r\n1\r\nc\r\n0\r\n\r\n");
    }

    @Test
    void aLongBodyIsNotCopiedAndDoesNotWait() {
        head("head");
        ByteBuf body = data("x".repeat(16 << 10));
        out.write(body);
        assertThat(body.refCnt()).isEqualTo(1);
        assertThat(sent()).isEmpty();
        out.flush();
        assertThat(sent()).containsExactly("head", "x".repeat(16 << 10));
        endRound();
        assertThat(sent()).isEmpty();
    }

    @Test
    void theOrderIsThatOfWriting() {
        StringBuilder all = new StringBuilder();
        for (int i = 1; i < 4000; i += 333) {
            head("h" + i + ";");
            out.write(data("b".repeat(i)));
            all.append("h").append(i).append(";").append("b".repeat(i));
        }
        endRound();
        assertThat(String.join("", sent())).isEqualTo(all.toString());
    }

    @Test
    void nothingIsKeptOfWhatAClosedConnectionCannotSend() {
        head("head");
        ByteBuf gathered = out.room();
        channel.close();
        endRound();
        assertThat(gathered.refCnt()).isZero();
        assertThat(sent()).isEmpty();
    }
}
