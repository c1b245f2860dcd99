package dev.sallyport.relay.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.relay.http.Framing;
import dev.sallyport.relay.http.HeadLimits;
import dev.sallyport.relay.http.Method;
import dev.sallyport.relay.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is accepted of origins Netty reads the same way: the same responses, with the same boundaries. */
class ResponseOracleTest {
    private static final int ROUNDS = 10_000;

    static final List<String> GOOD = List.of(
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nuntil the end",
            "HTTP/1.0 404 Not Found\r\nServer: a\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n",
            "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n\r\n5;a=b\r\nhello\r\n0\r\nETag: x\r\n\r\n",
            "HTTP/1.1 204 No Content\r\nX:  y \t\r\n\r\nHTTP/1.1 304 Not Modified\r\nETag: x\r\nContent-Length: 7\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 500 \u00e9\tx\r\nConnection: X-Hop, close\r\nX-Hop: 1\r\nContent-Length: 3\r\n\r\nabc",
            "HTTP/1.1 200\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\nHTTP/1.1 502 Bad\r\nContent-Length: 1\r\n\r\nx");

    private record Response(int minorVersion, int status, String reason, List<String> fields, String body) {}

    /** Netty takes Transfer-Encoding out of responses whose status says that they have no body. */
    private static List<String> fields(ResponseHead head) {
        List<String> fields = new ArrayList<>(Transcript.fields(head));
        if (head.framing() == Framing.NONE) {
            fields.removeIf(field -> field.regionMatches(true, 0, "transfer-encoding:", 0, 18));
        }
        return fields;
    }

    /** The responses to GET requests in the text, up to one that ends with it, a switch of protocols or a fault. */
    private static List<Response> read(String text) {
        ByteBuf in = Unpooled.wrappedBuffer(Transcript.bytes(text));
        ResponseParser parser = new ResponseParser(new ResponseHead(), HeadLimits.DEFAULT);
        parser.answers(Method.GET);
        BodyReader body = new BodyReader();
        List<Response> responses = new ArrayList<>();
        while (parser.parse(in) == Progress.COMPLETE) {
            ResponseHead head = parser.head();
            body.begin(head);
            StringBuilder data = new StringBuilder();
            BodyReader.Part part = body.close(in);
            while (part == BodyReader.Part.DATA) {
                ByteBuf slice = body.slice();
                data.append(slice.toString(StandardCharsets.ISO_8859_1));
                slice.release();
                part = body.close(in);
            }
            if (part == BodyReader.Part.FAILED) {
                break;
            }
            responses.add(new Response(
                    head.minorVersion(),
                    head.status(),
                    trimmed(head.reason().toString()),
                    fields(head),
                    data.toString()));
            if (head.framing() == Framing.UNTIL_CLOSE || head.status() == 101) {
                break;
            }
            parser.reset();
        }
        return responses;
    }

    private static List<Response> nettyReads(String text) {
        EmbeddedChannel channel = new EmbeddedChannel(new HttpResponseDecoder());
        channel.writeInbound(Unpooled.wrappedBuffer(Transcript.bytes(text)));
        channel.finish();
        List<Response> responses = new ArrayList<>();
        HttpResponse response = null;
        StringBuilder body = new StringBuilder();
        for (Object read = channel.readInbound(); read != null; read = channel.readInbound()) {
            if (!(read instanceof HttpObject object) || object.decoderResult().isFailure()) {
                ReferenceCountUtil.release(read);
                break;
            }
            if (read instanceof HttpResponse head) {
                response = head;
                body.setLength(0);
            }
            if (read instanceof HttpContent content) {
                body.append(content.content().toString(StandardCharsets.ISO_8859_1));
                content.release();
            }
            if (read instanceof LastHttpContent && response != null) {
                responses.add(response(response, body.toString()));
                response = null;
            }
        }
        channel.releaseInbound();
        return responses;
    }

    private static Response response(HttpResponse head, String body) {
        List<String> fields = new ArrayList<>();
        for (Map.Entry<String, String> field : head.headers()) {
            fields.add(field.getKey() + ": " + field.getValue());
        }
        return new Response(
                head.protocolVersion().minorVersion(),
                head.status().code(),
                trimmed(head.status().reasonPhrase()),
                fields,
                body);
    }

    /** Blanks at the ends of a reason phrase mean nothing, and Netty cuts them off. */
    private static String trimmed(String reason) {
        return reason.replaceAll("^[ \t]+|[ \t]+$", "");
    }

    static int compare(String text, String context) {
        List<Response> accepted = read(text);
        List<Response> oracle = nettyReads(text);
        assertThat(oracle.subList(0, Math.min(oracle.size(), accepted.size())))
                .as("%s: %s", context, text)
                .isEqualTo(accepted);
        return accepted.size();
    }

    @Test
    void readsGoodResponsesAsNettyDoes() {
        for (String text : GOOD) {
            assertThat(compare(text, "good")).isPositive();
        }
    }

    @Test
    void readsVariationsAsNettyDoes() {
        long seed = Long.getLong("sallyport.seed", System.nanoTime());
        Random random = new Random(seed);
        int accepted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            accepted += compare(Corpus.vary(GOOD, GOOD, random), "-Dsallyport.seed=" + seed);
        }
        assertThat(accepted).as("accepted of %d, seed %d", ROUNDS, seed).isBetween(ROUNDS / 5, ROUNDS * 3);
    }
}
