package dev.sallyport.relay.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.relay.http.FieldSet;
import dev.sallyport.relay.http.Framing;
import dev.sallyport.relay.http.HeadLimits;
import dev.sallyport.relay.http.RequestHead;
import dev.sallyport.relay.http.TargetForm;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Reads requests, writes each as a proxy would, and has that read again by {@link StrictReader}. */
final class Forwarding {
    private static final Set<String> HOP_BY_HOP = Set.of(
            "connection",
            "keep-alive",
            "proxy-connection",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-authentication-info",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "http2-settings",
            "content-length");

    private final RequestParser parser = new RequestParser(new RequestHead(), HeadLimits.DEFAULT);
    private final BodyReader body = new BodyReader();

    /** Fails unless each request that is accepted goes on as exactly one of the same meaning; returns how many were. */
    static int check(byte[] bytes) {
        return new Forwarding().forward(Unpooled.wrappedBuffer(bytes));
    }

    private int forward(ByteBuf in) {
        int accepted = 0;
        while (parser.parse(in) == Progress.COMPLETE) {
            RequestHead head = parser.head();
            ByteBuf out = Unpooled.buffer();
            HeadWriter.requestLine(out, head);
            HeadWriter.fields(out, head, FieldSet.NONE);
            HeadWriter.framing(out, head);
            HeadWriter.end(out);
            StringBuilder data = new StringBuilder();
            if (!copyBody(in, out, data)) {
                return accepted;
            }
            checkSame(head, out.toString(StandardCharsets.ISO_8859_1), data.toString());
            accepted++;
            parser.reset();
        }
        return accepted;
    }

    private boolean copyBody(ByteBuf in, ByteBuf out, StringBuilder data) {
        boolean chunked = parser.head().framing() == Framing.CHUNKED;
        body.begin(parser.head());
        while (true) {
            switch (body.next(in)) {
                case DATA -> {
                    ByteBuf slice = body.slice();
                    data.append(slice.toString(StandardCharsets.ISO_8859_1));
                    if (chunked) {
                        Chunks.begin(out, slice.readableBytes());
                    }
                    out.writeBytes(slice);
                    if (chunked) {
                        Chunks.end(out);
                    }
                    slice.release();
                }
                case END -> {
                    if (chunked) {
                        Chunks.last(out, null);
                    }
                    return true;
                }
                case NEED_MORE, FAILED -> {
                    return false;
                }
            }
        }
    }

    private static void checkSame(RequestHead head, String written, String data) {
        List<StrictReader.Request> read = StrictReader.read(written);
        assertThat(read).hasSize(1);
        StrictReader.Request request = read.getFirst();
        assertThat(request.method()).isEqualTo(head.method().toString());
        assertThat(request.body()).isEqualTo(data);
        String query = head.hasQuery() ? "?" + head.query() : "";
        String target =
                head.targetForm() == TargetForm.AUTHORITY ? head.target().toString() : head.path() + query;
        assertThat(request.target()).isEqualTo(target);
        assertThat(request.fields()).isEqualTo(expectedFields(head));
    }

    private static List<String> expectedFields(RequestHead head) {
        boolean inTarget = head.targetForm() == TargetForm.ABSOLUTE || head.targetForm() == TargetForm.AUTHORITY;
        List<String> expected = new ArrayList<>();
        if (inTarget) {
            expected.add("Host: " + head.authority());
        }
        for (int line = 0; line < head.fields(); line++) {
            String name = head.name(line).toString().toLowerCase(Locale.ROOT);
            boolean kept = !HOP_BY_HOP.contains(name) && !(inTarget && name.equals("host")) && head.field(name) != null;
            if (kept) {
                expected.add(head.name(line) + ": " + head.value(line));
            }
        }
        switch (head.framing()) {
            case LENGTH -> expected.add("Content-Length: " + head.contentLength());
            case CHUNKED -> expected.add("Transfer-Encoding: chunked");
            case NONE, UNTIL_CLOSE -> {}
        }
        return expected;
    }
}
