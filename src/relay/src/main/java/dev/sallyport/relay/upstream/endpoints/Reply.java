package dev.sallyport.relay.upstream.endpoints;

import dev.sallyport.relay.http.Fault;
import dev.sallyport.relay.http.HeadLimits;
import dev.sallyport.relay.http.Method;
import dev.sallyport.relay.http.ResponseHead;
import dev.sallyport.relay.http.h1.BodyReader;
import dev.sallyport.relay.http.h1.ResponseParser;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a GET: its status, and its body as a stream. It is read as strictly as those of origins, and a body that is
 * cut short is told apart from one that has ended.
 */
final class Reply extends InputStream {
    private final InputStream in;
    private final Closeable connection;
    private final ResponseParser parser = new ResponseParser(new ResponseHead(), HeadLimits.DEFAULT);
    private final BodyReader body = new BodyReader();
    private final byte[] chunk = new byte[8192];
    /** Taken whole before more is read. */
    private ByteBuf arrived = Unpooled.EMPTY_BUFFER;

    private ByteBuf data = Unpooled.EMPTY_BUFFER;

    private Reply(InputStream in, Closeable connection) {
        this.in = in;
        this.connection = connection;
    }

    /**
     * Reads the head.
     *
     * @param connection is closed with {@code in} when the reply is
     * @throws IOException when what comes is no answer; then nothing is closed
     */
    static Reply read(InputStream in, Closeable connection) throws IOException {
        Reply reply = new Reply(in, connection);
        reply.parser.answers(Method.GET);
        while (reply.status() < 200) {
            reply.readHead();
        }
        reply.body.begin(reply.parser.head());
        return reply;
    }

    /** Of the final answer. */
    int status() {
        return parser.head().status();
    }

    /** One head; an interim one promises another. */
    private void readHead() throws IOException {
        parser.reset();
        while (true) {
            switch (parser.parse(arrived)) {
                case COMPLETE -> {
                    return;
                }
                case FAILED -> throw invalid(parser.fault());
                case NEED_MORE -> {
                    if (!fill()) {
                        throw new EOFException("the connection was closed before the answer");
                    }
                }
            }
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        while (!data.isReadable()) {
            BodyReader.Part part = body.next(arrived);
            if (part == BodyReader.Part.NEED_MORE && !fill()) {
                part = body.close(arrived);
            }
            switch (part) {
                case DATA -> data = body.slice();
                case NEED_MORE -> {}
                case END -> {
                    return -1;
                }
                case FAILED -> throw invalid(body.fault());
            }
        }
        int count = Math.min(length, data.readableBytes());
        data.readBytes(into, offset, count);
        return count;
    }

    @Override
    public void close() throws IOException {
        try (connection) {
            in.close();
        }
    }

    private boolean fill() throws IOException {
        int count = in.read(chunk, 0, chunk.length);
        if (count > 0) {
            arrived = Unpooled.wrappedBuffer(chunk, 0, count);
        }
        return count > 0;
    }

    private static IOException invalid(@Nullable Fault fault) {
        String reason = Objects.requireNonNull(fault).reason();
        return fault == Fault.BODY_INCOMPLETE
                ? new EOFException("the connection was cut within an answer")
                : new IOException("an answer that is not valid HTTP: " + reason);
    }
}
