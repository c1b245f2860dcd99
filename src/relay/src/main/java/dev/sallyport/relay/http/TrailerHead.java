package dev.sallyport.relay.http;

import io.netty.buffer.ByteBuf;

/**
 * The trailer fields of a message (RFC 9110, section 6.5). Whoever reads them may merge them into the head, long after
 * that was decided on; so of the fields that the relay knows, all but a few stay behind: those for framing, routing,
 * authentication, conditions, and how content is to be read are among them (section 6.5.1).
 */
public final class TrailerHead extends Head {
    private static final FieldSet DROPPED = FieldSet.allKnownBut(FieldName.ETAG, FieldName.PROXY_STATUS);

    /** An empty one, to be filled by a codec. */
    public TrailerHead() {}

    /** Whether a line, from 0 to {@code fields() - 1}, is sent on. */
    public boolean passes(int line) {
        return goesOn(line, DROPPED);
    }

    /** Whether any line is sent on. */
    public boolean anyPasses() {
        for (int line = 0; line < fields(); line++) {
            if (passes(line)) {
                return true;
            }
        }
        return false;
    }

    /** Writes the lines that are sent on as HTTP/1.1 does, without the empty line that ends them. */
    public void write(ByteBuf out) {
        copyFields(out, DROPPED);
    }
}
