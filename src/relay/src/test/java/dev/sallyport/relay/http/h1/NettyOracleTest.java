package dev.sallyport.relay.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.relay.http.h1.Transcript.Message;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Netty's decoder is more lenient, so it accepts what is refused here; but all that is accepted here it must read the
 * same way: the same messages, with the same boundaries.
 */
class NettyOracleTest {
    private static final int ROUNDS = 10_000;

    /** Netty takes eight bytes that nothing declares for the body of such a request. */
    private static boolean isHixie76(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return lower.contains("sec-websocket-key1") && lower.contains("sec-websocket-key2");
    }

    static List<Message> nettyReads(String text) {
        EmbeddedChannel channel = new EmbeddedChannel(new HttpRequestDecoder(new HttpDecoderConfig()
                .setMaxInitialLineLength(64 << 10)
                .setMaxHeaderSize(64 << 10)
                .setMaxChunkSize(64 << 10)));
        try {
            channel.writeInbound(Unpooled.wrappedBuffer(Transcript.bytes(text)));
            List<Message> messages = new ArrayList<>();
            HttpRequest request = null;
            StringBuilder body = new StringBuilder();
            for (Object read = channel.readInbound(); read != null; read = channel.readInbound()) {
                if (((HttpObject) read).decoderResult().isFailure()) {
                    ReferenceCountUtil.release(read);
                    break;
                }
                if (read instanceof HttpRequest head) {
                    request = head;
                    body.setLength(0);
                }
                if (read instanceof HttpContent content) {
                    body.append(content.content().toString(StandardCharsets.ISO_8859_1));
                    content.release();
                }
                if (read instanceof LastHttpContent && request != null) {
                    messages.add(message(request, body.toString()));
                    request = null;
                }
            }
            return messages;
        } finally {
            channel.finishAndReleaseAll();
        }
    }

    private static Message message(HttpRequest request, String body) {
        List<String> fields = new ArrayList<>();
        for (Map.Entry<String, String> field : request.headers()) {
            fields.add(field.getKey() + ": " + field.getValue());
        }
        return new Message(
                request.method().name(),
                request.uri(),
                request.protocolVersion().minorVersion(),
                fields,
                body);
    }

    static int compare(String text, String context) {
        if (isHixie76(text)) {
            return 0;
        }
        List<Message> accepted = Transcript.of(text).messages();
        List<Message> oracle = nettyReads(text);
        List<Message> same = oracle.subList(0, Math.min(oracle.size(), accepted.size()));
        assertThat(same).as("%s: %s", context, text).isEqualTo(accepted);
        return accepted.size();
    }

    @Test
    void readsTheCorpusAsNettyDoes() {
        for (String text : Corpus.all()) {
            compare(text, "corpus");
        }
        for (String text : Corpus.GOOD) {
            assertThat(compare(text, "good")).isPositive();
        }
    }

    @Test
    void readsVariationsAsNettyDoes() {
        long seed = Long.getLong("sallyport.seed", System.nanoTime());
        Random random = new Random(seed);
        List<String> all = Corpus.all();
        int accepted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String text = Corpus.vary(all, random);
            accepted += compare(text, "-Dsallyport.seed=" + seed);
        }
        assertThat(accepted).as("accepted of %d, seed %d", ROUNDS, seed).isBetween(ROUNDS / 5, ROUNDS * 3);
    }
}
