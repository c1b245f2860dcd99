package dev.sallyport.relay.upstream.endpoints;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Splits a stream into lines of a bounded length. */
final class Lines {
    private final InputStream in;
    private final int longest;
    private final byte[] chunk = new byte[8192];
    private int at;
    private int end;

    Lines(InputStream in, int longest) {
        this.in = in;
        this.longest = longest;
    }

    /**
     * The next line without its line feed, or null at the end of the stream.
     *
     * @throws EOFException when the stream ends within a line
     */
    byte @Nullable [] next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            if (at == end) {
                at = 0;
                end = Math.max(0, in.read(chunk));
                if (end == 0) {
                    if (line.size() > 0) {
                        throw new EOFException("the connection was cut within an event");
                    }
                    return null;
                }
            }
            int from = at;
            while (at < end && chunk[at] != '\n') {
                at++;
            }
            line.write(chunk, from, at - from);
            if (line.size() > longest) {
                throw new UnreadableException("an event of more than " + longest + " bytes");
            }
            if (at < end) {
                at++;
                return line.toByteArray();
            }
        }
    }
}
