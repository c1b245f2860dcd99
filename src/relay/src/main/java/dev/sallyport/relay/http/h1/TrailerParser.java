package dev.sallyport.relay.http.h1;

import dev.sallyport.relay.http.Fault;
import dev.sallyport.relay.http.HeadLimits;
import dev.sallyport.relay.http.TrailerHead;
import org.jspecify.annotations.Nullable;

/** Reads the trailer section of a chunked body with its final empty line (RFC 9112, section 7.1.2). */
final class TrailerParser extends HeadParser {
    TrailerParser(TrailerHead head, HeadLimits limits) {
        super(head, limits, false);
    }

    @Override
    @Nullable
    Fault startLine(int from, int to) {
        throw new IllegalStateException("trailers have no start line");
    }

    @Override
    @Nullable
    Fault complete() {
        return null;
    }
}
