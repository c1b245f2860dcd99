package dev.sallyport.relay.http.h1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sallyport.relay.http.Fault;
import dev.sallyport.relay.http.Framing;
import dev.sallyport.relay.http.HeadLimits;
import dev.sallyport.relay.http.Method;
import dev.sallyport.relay.http.ResponseHead;
import dev.sallyport.relay.http.h1.BodyReader.Part;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class BodyReaderTest {
    private final BodyReader body = new BodyReader();

    private void begin(String fields) {
        ResponseParser parser = new ResponseParser(new ResponseHead(), HeadLimits.DEFAULT);
        parser.answers(Method.GET);
        parser.parse(buffer("HTTP/1.1 200 OK\r\n" + fields + "\r\n"));
        body.begin(parser.head());
    }

    private static ByteBuf buffer(String text) {
        return Unpooled.wrappedBuffer(Transcript.bytes(text));
    }

    private String data(ByteBuf in) {
        assertThat(body.next(in)).isEqualTo(Part.DATA);
        ByteBuf slice = body.slice();
        String text = slice.toString(StandardCharsets.ISO_8859_1);
        slice.release();
        return text;
    }

    @Test
    void countsABody() {
        begin("Content-Length: 8\r\n");
        assertThat(body.remaining()).isEqualTo(8);
        ByteBuf first = buffer("hello");
        assertThat(data(first)).isEqualTo("hello");
        assertThat(body.next(first)).isEqualTo(Part.NEED_MORE);
        assertThat(body.received()).isEqualTo(5);
        assertThat(body.remaining()).isEqualTo(3);
        ByteBuf second = buffer("abcHTTP");
        assertThat(data(second)).isEqualTo("abc");
        assertThat(body.next(second)).isEqualTo(Part.END);
        assertThat(second.readableBytes()).isEqualTo(4);
        assertThat(body.close(Unpooled.EMPTY_BUFFER)).isEqualTo(Part.END);
    }

    @Test
    void aCountedBodyMayGoAnotherWay() {
        begin("Content-Length: 8\r\n");
        body.skip(7);
        assertThat(body.remaining()).isEqualTo(1);
        assertThat(body.received()).isEqualTo(7);
        assertThatIllegalArgumentException().isThrownBy(() -> body.skip(2));
        assertThat(data(buffer("ab"))).isEqualTo("a");
    }

    @Test
    void readsUntilTheConnectionCloses() {
        begin("");
        ByteBuf in = buffer("hello");
        assertThat(data(in)).isEqualTo("hello");
        assertThat(body.next(in)).isEqualTo(Part.NEED_MORE);
        assertThat(body.close(in)).isEqualTo(Part.END);
        assertThat(body.fault()).isNull();
    }

    @Test
    void whatCameBeforeTheCloseIsStillRead() {
        begin("");
        ByteBuf in = buffer("hello");
        assertThat(body.close(in)).isEqualTo(Part.DATA);
        body.slice().release();
        assertThat(body.next(in)).isEqualTo(Part.END);
    }

    @Test
    void aBodyCutShortIsFaulty() {
        begin("Content-Length: 8\r\n");
        assertThat(data(buffer("hello"))).isEqualTo("hello");
        assertThat(body.close(Unpooled.EMPTY_BUFFER)).isEqualTo(Part.FAILED);
        assertThat(body.fault()).isEqualTo(Fault.BODY_INCOMPLETE);
        for (String cut : new String[] {"", "5", "5\r\n", "5\r\nhello\r\n", "0\r\n", "0\r\nA: b\r\n"}) {
            begin("Transfer-Encoding: chunked\r\n");
            ByteBuf in = buffer(cut);
            Part part = body.close(in);
            if (part == Part.DATA) {
                body.slice().release();
                part = body.close(in);
            }
            assertThat(part).as(cut).isEqualTo(Part.FAILED);
            assertThat(body.fault()).isEqualTo(Fault.BODY_INCOMPLETE);
        }
    }

    @Test
    void dataLeavesTheBufferWithoutACopy() {
        begin("Transfer-Encoding: chunked\r\n");
        ByteBuf in = buffer("5\r\nhello\r\n0\r\n\r\n");
        assertThat(body.next(in)).isEqualTo(Part.DATA);
        ByteBuf slice = body.slice();
        assertThat(slice.unwrap()).isNotNull();
        assertThat(in.refCnt()).isEqualTo(2);
        in.setByte(3, 'J');
        assertThat(slice.toString(StandardCharsets.ISO_8859_1)).isEqualTo("Jello");
        slice.release();
        assertThat(body.next(in)).isEqualTo(Part.END);
        assertThat(in.refCnt()).isOne();
    }

    @Test
    void handsOutTrailersButNoneOfTheBodyBefore() {
        begin("Transfer-Encoding: chunked\r\n");
        ByteBuf in = buffer("0\r\nServer-Timing: a\r\nETag: b\r\n\r\nrest");
        assertThat(body.next(in)).isEqualTo(Part.END);
        assertThat(Transcript.fields(body.trailers())).containsExactly("Server-Timing: a", "ETag: b");
        assertThat(in.readableBytes()).isEqualTo(4);
        begin("Transfer-Encoding: chunked\r\n");
        assertThat(body.trailers()).isNull();
    }

    @Test
    void dropsExtensions() {
        begin("Transfer-Encoding: chunked\r\n");
        ByteBuf in = buffer(
                "1;a\r\nA\r\n1;a=b;c=\"d\"\r\nB\r\n1;a=\"\"\r\nC\r\n1;a=\";\\\"\\\\ \u00e9\";b\r\nD\r\n0;e\r\n\r\n");
        assertThat(data(in) + data(in) + data(in) + data(in)).isEqualTo("ABCD");
        assertThat(body.next(in)).isEqualTo(Part.END);
    }

    @Test
    void extensionsMayTakeAsMuchAsTheData() {
        begin("Transfer-Encoding: chunked\r\n");
        String chunk = "80;" + "x".repeat(100) + "\r\n" + "d".repeat(128) + "\r\n";
        ByteBuf in = buffer(chunk.repeat(1000) + "0\r\n\r\n");
        for (int i = 0; i < 1000; i++) {
            data(in);
        }
        assertThat(body.next(in)).isEqualTo(Part.END);
        assertThat(body.received()).isEqualTo(128_000);
        begin("Transfer-Encoding: chunked\r\n");
        ByteBuf abusive = buffer(("1;" + "x".repeat(100) + "\r\nd\r\n").repeat(100));
        Part part = body.next(abusive);
        while (part == Part.DATA) {
            body.slice().release();
            part = body.next(abusive);
        }
        assertThat(part).isEqualTo(Part.FAILED);
        assertThat(body.fault()).isEqualTo(Fault.CHUNK_EXTENSIONS_TOO_LARGE);
    }

    @Test
    void whatIsWrittenInChunksIsReadBack() {
        ByteBuf out = Unpooled.buffer();
        StringBuilder expected = new StringBuilder();
        for (int length : new int[] {1, 9, 10, 15, 16, 17, 255, 256, 4095, 4096, 65535, 65536, 1 << 20}) {
            int before = out.readableBytes();
            Chunks.begin(out, length);
            String data = "x".repeat(length);
            out.writeCharSequence(data, StandardCharsets.ISO_8859_1);
            Chunks.end(out);
            assertThat(out.readableBytes() - before - length).isLessThanOrEqualTo(Chunks.OVERHEAD);
            expected.append(data);
        }
        Chunks.last(out, null);
        begin("Transfer-Encoding: chunked\r\n");
        StringBuilder read = new StringBuilder();
        while (body.next(out) == Part.DATA) {
            ByteBuf slice = body.slice();
            read.append(slice.toString(StandardCharsets.ISO_8859_1));
            slice.release();
        }
        assertThat(body.fault()).isNull();
        assertThat(out.isReadable()).isFalse();
        assertThat(read.toString()).isEqualTo(expected.toString());
        assertThatIllegalArgumentException().isThrownBy(() -> Chunks.begin(out, 0));
        out.clear();
        Chunks.begin(out, Integer.MAX_VALUE);
        assertThat(out.toString(StandardCharsets.ISO_8859_1)).isEqualTo("7fffffff\r\n");
    }

    @Test
    void noFramingIsNoBody() {
        ResponseParser parser = new ResponseParser(new ResponseHead(), HeadLimits.DEFAULT);
        parser.answers(Method.HEAD);
        parser.parse(buffer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"));
        assertThat(parser.head().framing()).isEqualTo(Framing.NONE);
        body.begin(parser.head());
        ByteBuf in = buffer("hello");
        assertThat(body.next(in)).isEqualTo(Part.END);
        assertThat(in.readableBytes()).isEqualTo(5);
    }
}
