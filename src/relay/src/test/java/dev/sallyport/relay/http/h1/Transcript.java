package dev.sallyport.relay.http.h1;

import dev.sallyport.relay.http.Fault;
import dev.sallyport.relay.http.Head;
import dev.sallyport.relay.http.HeadLimits;
import dev.sallyport.relay.http.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a connection's bytes say, read as one request after another.
 *
 * @param messages the requests that were read whole
 * @param fault what was wrong with the next one, if anything
 * @param inMessage whether the bytes end inside a request
 */
record Transcript(List<Message> messages, @Nullable Fault fault, boolean inMessage) {
    /** A whole request. */
    record Message(String method, String target, int minorVersion, List<String> fields, String body) {}

    static Transcript of(String text) {
        return read(List.of(bytes(text)), HeadLimits.DEFAULT);
    }

    /** Reads the text whole, cut in two at every place, and byte by byte; fails unless all say the same. */
    static Transcript ofAnyCut(String text) {
        return ofAnyCut(text, HeadLimits.DEFAULT);
    }

    static Transcript ofAnyCut(String text, HeadLimits limits) {
        Transcript whole = read(List.of(bytes(text)), limits);
        for (int i = 1; i < text.length(); i++) {
            Transcript halves = read(List.of(bytes(text.substring(0, i)), bytes(text.substring(i))), limits);
            if (!halves.equals(whole)) {
                throw new AssertionError("cut at " + i + " reads " + halves + ", not " + whole);
            }
        }
        List<byte[]> single = new ArrayList<>();
        for (int i = 0; i < text.length(); i++) {
            single.add(bytes(text.substring(i, i + 1)));
        }
        Transcript trickled = read(single, limits);
        if (!trickled.equals(whole)) {
            throw new AssertionError("byte by byte reads " + trickled + ", not " + whole);
        }
        return whole;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static List<String> fields(Head head) {
        List<String> fields = new ArrayList<>();
        for (int line = 0; line < head.fields(); line++) {
            fields.add(head.name(line) + ": " + head.value(line));
        }
        return fields;
    }

    static Transcript read(List<byte[]> pieces, HeadLimits limits) {
        RequestParser parser = new RequestParser(new RequestHead(), limits);
        BodyReader body = new BodyReader();
        List<Message> messages = new ArrayList<>();
        StringBuilder data = new StringBuilder();
        boolean inBody = false;
        for (byte[] piece : pieces) {
            ByteBuf in = Unpooled.wrappedBuffer(piece);
            boolean more = true;
            while (more) {
                if (!inBody) {
                    switch (parser.parse(in)) {
                        case NEED_MORE -> more = false;
                        case FAILED -> {
                            return new Transcript(messages, parser.fault(), true);
                        }
                        case COMPLETE -> {
                            inBody = true;
                            body.begin(parser.head());
                        }
                    }
                } else {
                    switch (body.next(in)) {
                        case DATA -> {
                            ByteBuf slice = body.slice();
                            data.append(slice.toString(StandardCharsets.ISO_8859_1));
                            slice.release();
                        }
                        case NEED_MORE -> more = false;
                        case FAILED -> {
                            return new Transcript(messages, body.fault(), true);
                        }
                        case END -> {
                            RequestHead head = parser.head();
                            messages.add(new Message(
                                    head.method().toString(),
                                    head.target().toString(),
                                    head.minorVersion(),
                                    fields(head),
                                    data.toString()));
                            data.setLength(0);
                            parser.reset();
                            inBody = false;
                        }
                    }
                }
            }
        }
        return new Transcript(messages, null, inBody || parser.started());
    }
}
