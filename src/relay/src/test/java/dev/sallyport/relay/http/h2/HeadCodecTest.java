package dev.sallyport.relay.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.request.Ascii;
import dev.sallyport.relay.http.Fault;
import dev.sallyport.relay.http.FieldName;
import dev.sallyport.relay.http.FieldSet;
import dev.sallyport.relay.http.Framing;
import dev.sallyport.relay.http.HeadLimits;
import dev.sallyport.relay.http.Method;
import dev.sallyport.relay.http.RequestHead;
import dev.sallyport.relay.http.ResponseHead;
import dev.sallyport.relay.http.TrailerHead;
import dev.sallyport.relay.http.Version;
import dev.sallyport.relay.http.h1.HeadWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HeadCodecTest {
    private static final String GET = ":method: GET|:scheme: http|:authority: a.example|:path: /p?q";

    private final HeadDecoder decoder = new HeadDecoder(HeadLimits.DEFAULT, new SplittableRandom(1));
    private final RequestHead request = new RequestHead();
    private final ResponseHead response = new ResponseHead();

    /** A block of {@code name: value} lines between bars, all literals. */
    static ByteBuf block(String lines) {
        ByteBuf out = Unpooled.buffer();
        for (String line : lines.split("\\|", -1)) {
            int colon = line.indexOf(": ", 1);
            out.writeByte(0);
            literal(out, line.substring(0, colon));
            literal(out, line.substring(colon + 2));
        }
        return out;
    }

    private static void literal(ByteBuf out, String text) {
        int left = text.length() - 127;
        out.writeByte(Math.min(text.length(), 127));
        for (; left >= 128; left >>= 7) {
            out.writeByte(left & 127 | 128);
        }
        if (left >= 0) {
            out.writeByte(left);
        }
        out.writeCharSequence(text, StandardCharsets.ISO_8859_1);
    }

    static Stream<byte[]> blocks() {
        return Stream.concat(
                        Stream.of(
                                GET,
                                GET + "|cookie: a=b|cookie: c=d",
                                ":method: CONNECT|:authority: a:1",
                                ":method: CONNECT|:protocol: websocket|:scheme: http|:authority: a|:path: /"),
                        faults().map(each -> (String) each.get()[1]))
                .map(lines -> ByteBufUtil.getBytes(block(lines)));
    }

    private Fault read(String lines, boolean end) {
        request.reset();
        assertThat(decoder.request(block(lines), request, end)).isNull();
        return decoder.fault();
    }

    private String asHttp1() {
        ByteBuf out = Unpooled.buffer();
        HeadWriter.requestLine(out, request);
        HeadWriter.fields(out, request, FieldSet.NONE);
        HeadWriter.connection(out, request, request.upgrade() != null);
        HeadWriter.framing(out, request);
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void readsARequest() {
        assertThat(read(GET + "|user-agent: test|x-own:  |accept: */*", true)).isEqualTo(Fault.FIELD_VALUE_BLANK);
        assertThat(read(GET + "|user-agent: test|x-own: |accept: */*", true)).isNull();
        assertThat(request.version()).isEqualTo(Version.HTTP_2);
        assertThat(request.host().toString()).isEqualTo("a.example");
        assertThat(request.path().toString()).isEqualTo("/p");
        assertThat(request.query().toString()).isEqualTo("q");
        assertThat(request.framing()).isEqualTo(Framing.NONE);
        assertThat(asHttp1())
                .isEqualTo("GET /p?q HTTP/1.1\r\nHost: a.example\r\nuser-agent: test\r\nx-own: \r\naccept: */*\r\n");
    }

    @Test
    void joinsCookiesAndTakesHostForAuthority() {
        String lines = ":method: GET|:scheme: https|:path: /|cookie: a=b|host: a:7|cookie: c=d|x: y|cookie: e";
        assertThat(read(lines, true)).isNull();
        assertThat(asHttp1())
                .isEqualTo(
                        "GET / HTTP/1.1\r\nHost: a:7\r\nx: y\r\ncookie: a=b; c=d; e\r\n".replace("cookie", "Cookie"));
        assertThat(request.port()).isEqualTo(7);
        assertThat(request.field(FieldName.COOKIE)).hasToString("a=b; c=d; e");
    }

    @Test
    void framesBodies() {
        String post = ":method: POST|:scheme: http|:authority: a|:path: /";
        assertThat(read(post, false)).isNull();
        assertThat(request.framing()).isEqualTo(Framing.CHUNKED);
        assertThat(read(post, true)).isNull();
        assertThat(asHttp1()).endsWith("Content-Length: 0\r\n");
        assertThat(read(post + "|content-length: 5", false)).isNull();
        assertThat(asHttp1()).endsWith("Content-Length: 5\r\n");
    }

    @Test
    void readsConnectAndWebSocket() {
        assertThat(read(":method: CONNECT|:authority: a:443", false)).isNull();
        assertThat(asHttp1()).isEqualTo("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n");
        assertThat(read(":method: CONNECT|:authority: a:443|content-length: 1", false))
                .isEqualTo(Fault.BODY_LENGTH);
        String socket = ":method: CONNECT|:protocol: websocket|:scheme: http|:authority: a|:path: /chat"
                + "|sec-websocket-version: 13";
        assertThat(read(socket, false)).isNull();
        assertThat(asHttp1())
                .matches("GET /chat HTTP/1\\.1\r\nHost: a\r\nsec-websocket-version: 13\r\n"
                        + "Sec-WebSocket-Key: [A-Za-z0-9+/]{22}==\r\nConnection: upgrade\r\nUpgrade: websocket\r\n");
    }

    @Test
    void readsOptionsOfTheWholeServer() {
        assertThat(read(":method: OPTIONS|:scheme: http|:authority: a|:path: *", true))
                .isNull();
        assertThat(asHttp1()).startsWith("OPTIONS * HTTP/1.1\r\n");
        assertThat(read(":method: GET|:scheme: http|:authority: a|:path: *", true))
                .isEqualTo(Fault.TARGET_FORM);
    }

    static Stream<Arguments> faults() {
        String rest = "|:scheme: http|:authority: a|:path: /";
        String get = ":method: GET" + rest;
        String connect = ":method: CONNECT";
        return Stream.of(
                Arguments.of(Fault.PSEUDO_FIELD, ":scheme: http|:authority: a|:path: /"),
                Arguments.of(Fault.PSEUDO_FIELD, ":method: GET|:authority: a|:path: /"),
                Arguments.of(Fault.PATH_MISSING, ":method: GET|:scheme: http|:authority: a"),
                Arguments.of(Fault.PATH_MISSING, ":method: GET|:scheme: http|:authority: a|:path: "),
                Arguments.of(Fault.PSEUDO_FIELD, get + "|:method: GET"),
                Arguments.of(Fault.PSEUDO_FIELD, get + "|:path: /x"),
                Arguments.of(Fault.PSEUDO_FIELD, get + "|:status: 200"),
                Arguments.of(Fault.PSEUDO_FIELD, get + "|:strange: 1"),
                Arguments.of(Fault.PSEUDO_FIELD, ":method: GET|x: y" + rest),
                Arguments.of(Fault.PSEUDO_FIELD, ":method: GET|:protocol: websocket" + rest),
                Arguments.of(Fault.PROTOCOL, connect + "|:protocol: other" + rest),
                Arguments.of(Fault.PSEUDO_FIELD, connect + rest),
                Arguments.of(Fault.PSEUDO_FIELD, connect + "|x: y"),
                Arguments.of(Fault.TARGET_AUTHORITY, connect + "|:authority: a"),
                Arguments.of(Fault.BODY_LENGTH, connect + "|:authority: a:1|content-length: 1"),
                Arguments.of(Fault.HOST_MISSING, ":method: GET|:scheme: http|:path: /"),
                Arguments.of(Fault.AUTHORITY_AND_HOST, get + "|host: b"),
                Arguments.of(Fault.HOST_REPEATED, get + "|host: a|host: a"),
                Arguments.of(Fault.TARGET_AUTHORITY, ":method: GET|:scheme: http|:authority: u@a|:path: /"),
                Arguments.of(Fault.TARGET_AUTHORITY, ":method: GET|:scheme: http|:authority: a/b|:path: /"),
                Arguments.of(Fault.TARGET_AUTHORITY, ":method: GET|:scheme: http|:authority: a b|:path: /"),
                Arguments.of(Fault.TARGET_AUTHORITY, ":method: GET|:scheme: http|:authority: |:path: /"),
                Arguments.of(Fault.TARGET_SCHEME, ":method: GET|:scheme: ftp|:authority: a|:path: /"),
                Arguments.of(Fault.TARGET_SCHEME, ":method: GET|:scheme: http://x/?|:authority: a|:path: /"),
                Arguments.of(Fault.TARGET, ":method: GET|:scheme: http|:authority: a|:path: x"),
                Arguments.of(Fault.TARGET, ":method: GET|:scheme: http|:authority: a|:path: /a b"),
                Arguments.of(Fault.TARGET, ":method: GET|:scheme: http|:authority: a|:path: /#f"),
                Arguments.of(Fault.FIELD_VALUE, ":method: GET|:scheme: http|:authority: a|:path: /\r\nx: y"),
                Arguments.of(Fault.METHOD, ":method: GET /x HTTP/1.1|:scheme: http|:authority: a|:path: /"),
                Arguments.of(Fault.FIELD_VALUE, ":method: GET\r\nx: y|:scheme: http|:authority: a|:path: /"),
                Arguments.of(
                        Fault.START_LINE_TOO_LONG,
                        ":method: GET|:scheme: http|:authority: a|:path: /" + "x".repeat(9000)),
                Arguments.of(Fault.HEAD_TOO_LARGE, get + "|x: " + "y".repeat(33_000)),
                Arguments.of(Fault.TOO_MANY_FIELDS, get + "|x: y".repeat(101)),
                Arguments.of(Fault.FIELD_NAME_CASE, get + "|X-Own: y"),
                Arguments.of(Fault.FIELD_NAME, get + "|x y: z"),
                Arguments.of(Fault.FIELD_NAME, get + "|x\r\ny: z"),
                Arguments.of(Fault.FIELD_NAME, get + "|transfer-encoding:chunked\r\nx: z"),
                Arguments.of(Fault.FIELD_VALUE, get + "|x: a\r\ntransfer-encoding: chunked"),
                Arguments.of(Fault.FIELD_VALUE, get + "|x: a\ny: b"),
                Arguments.of(Fault.FIELD_VALUE, get + "|x: a\0b"),
                Arguments.of(Fault.FIELD_VALUE_BLANK, get + "|x: a "),
                Arguments.of(Fault.FIELD_VALUE_BLANK, get + "|x: \ta"),
                Arguments.of(Fault.CONNECTION_FIELD, get + "|connection: close"),
                Arguments.of(Fault.CONNECTION_FIELD, get + "|keep-alive: 1"),
                Arguments.of(Fault.CONNECTION_FIELD, get + "|proxy-connection: close"),
                Arguments.of(Fault.CONNECTION_FIELD, get + "|transfer-encoding: chunked"),
                Arguments.of(Fault.CONNECTION_FIELD, get + "|upgrade: websocket"),
                Arguments.of(Fault.CONNECTION_FIELD, get + "|http2-settings: x"),
                Arguments.of(Fault.TE, get + "|te: gzip"),
                Arguments.of(Fault.TE, get + "|te: trailers, chunked"),
                Arguments.of(Fault.CONTENT_LENGTH, get + "|content-length: +1"),
                Arguments.of(Fault.CONTENT_LENGTH, get + "|content-length: 1, 1"),
                Arguments.of(Fault.CONTENT_LENGTH_REPEATED, get + "|content-length: 0|content-length: 0"),
                Arguments.of(Fault.BODY_LENGTH, get + "|content-length: 1"),
                Arguments.of(Fault.EXPECTATION, get + "|expect: more"),
                Arguments.of(Fault.FIELD_REPEATED, get + "|content-type: a/b|content-type: c/d"));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void refuses(Fault fault, String lines) {
        assertThat(read(lines, true)).isEqualTo(fault);
        assertThat(read(GET, true)).as("the next head").isNull();
    }

    @Test
    void readsResponsesAndTrailers() {
        response.reset();
        assertThat(decoder.response(block(":status: 204|etag: x"), response, Method.GET, true))
                .isNull();
        assertThat(decoder.fault()).isNull();
        assertThat(response.status()).isEqualTo(204);
        assertThat(response.framing()).isEqualTo(Framing.NONE);
        response.reset();
        assertThat(decoder.response(block(":status: 200|content-length: 9"), response, Method.HEAD, true))
                .isNull();
        assertThat(decoder.fault()).isNull();
        assertThat(response.framing()).isEqualTo(Framing.NONE);
        response.reset();
        assertThat(decoder.response(block(":status: 200"), response, Method.GET, false))
                .isNull();
        assertThat(response.framing()).isEqualTo(Framing.CHUNKED);
        for (String wrong : List.of(":status: 101", ":status: 2000", ":status: 0x1", "x: y", ":status: 200|:path: /")) {
            response.reset();
            assertThat(decoder.response(block(wrong), response, Method.GET, false))
                    .isNull();
            assertThat(decoder.fault()).as(wrong).isEqualTo(Fault.PSEUDO_FIELD);
        }
        TrailerHead trailers = new TrailerHead();
        assertThat(decoder.trailers(block("grpc-status: 0|x: y"), trailers)).isNull();
        assertThat(decoder.fault()).isNull();
        assertThat(trailers.field("grpc-status")).hasToString("0");
        trailers.reset();
        assertThat(decoder.trailers(block(":status: 200"), trailers)).isNull();
        assertThat(decoder.fault()).isEqualTo(Fault.PSEUDO_FIELD);
    }

    @Test
    void tellsBrokenCompressionFromBrokenHeads() {
        assertThat(decoder.request(Unpooled.wrappedBuffer(new byte[] {(byte) 0xFF, 0x7F}), request, true))
                .isEqualTo(Breach.COMPRESSION);
        assertThat(decoder.skip(Unpooled.wrappedBuffer(new byte[] {(byte) 0x80})))
                .isEqualTo(Breach.COMPRESSION);
    }

    /** One byte of a block may stand for four kilobytes of fields. */
    @Test
    void keepsNothingOfABomb() throws Exception {
        Http2Headers headers = new DefaultHttp2Headers(false);
        headers.add(":method", "GET")
                .add(":scheme", "http")
                .add(":authority", "a")
                .add(":path", "/");
        for (int i = 0; i < 10_000; i++) {
            headers.add("x", "y".repeat(3000));
        }
        ByteBuf block = Unpooled.buffer();
        new DefaultHttp2HeadersEncoder().encodeHeaders(1, headers, block);
        assertThat(block.readableBytes()).isLessThan(14_000);
        assertThat(decoder.request(block, request, true)).isNull();
        assertThat(decoder.fault()).isEqualTo(Fault.HEAD_TOO_LARGE);
        assertThat(request.filled()).isLessThan(40_000);
    }

    @Test
    void writesWhatNettyReads() throws Exception {
        assertThat(read(GET + "|x-own: " + "v".repeat(300) + "|accept: */*|authorization: secret|te: trailers", true))
                .isNull();
        ByteBuf out = Unpooled.buffer();
        HeadEncoder.noTable(out);
        HeadEncoder.status(out, 200);
        HeadEncoder.status(out, 503);
        HeadEncoder.pseudo(out, HeadEncoder.AUTHORITY, request.authority());
        HeadEncoder.pseudo(out, HeadEncoder.METHOD, request.method());
        HeadEncoder.pseudo(out, HeadEncoder.PATH, request.path());
        HeadEncoder.pseudo(out, HeadEncoder.SCHEME, Ascii.of("https"));
        HeadEncoder.fields(out, request, FieldSet.of(FieldName.ACCEPT));
        HeadEncoder.field(out, FieldName.CONTENT_LENGTH, 1234567890123L);
        HeadEncoder.field(out, FieldName.AGE, 0);
        HeadEncoder.field(out, FieldName.X_REAL_IP, Ascii.of("::1"));
        HeadEncoder.field(out, ":protocol", Ascii.of("websocket"));
        for (int length : new int[] {0, 126, 127, 128, 5000}) {
            int start = HeadEncoder.beginValue(out, FieldName.VIA);
            out.writeCharSequence("v".repeat(length), StandardCharsets.ISO_8859_1);
            HeadEncoder.endValue(out, start);
        }
        List<String> lines = new ArrayList<>();
        new DefaultHttp2HeadersDecoder(false, 1 << 20)
                .decodeHeaders(1, out)
                .forEach(each -> lines.add(each.getKey() + ": " + each.getValue()));
        assertThat(lines)
                .containsExactlyInAnyOrder(
                        ":status: 200",
                        ":status: 503",
                        ":authority: a.example",
                        ":method: GET",
                        ":path: /p",
                        ":scheme: https",
                        "x-own: " + "v".repeat(300),
                        "authorization: secret",
                        "content-length: 1234567890123",
                        "age: 0",
                        "x-real-ip: ::1",
                        ":protocol: websocket",
                        "via: ",
                        "via: " + "v".repeat(126),
                        "via: " + "v".repeat(127),
                        "via: " + "v".repeat(128),
                        "via: " + "v".repeat(5000));
    }
}
