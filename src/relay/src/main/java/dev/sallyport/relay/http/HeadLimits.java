package dev.sallyport.relay.http;

/**
 * How much of a head a peer may send.
 *
 * @param startLineBytes the most bytes of a request line or status line without its CRLF; beyond it 414
 * @param headBytes the most bytes of a whole head with its final empty line; beyond it 431
 * @param fields the most field lines; beyond it 431
 */
public record HeadLimits(int startLineBytes, int headBytes, int fields) {
    /** 8 KiB of start line, 32 KiB of head, 100 fields: what servers in wide use take. */
    public static final HeadLimits DEFAULT = new HeadLimits(8 << 10, 32 << 10, 100);

    public HeadLimits {
        if (startLineBytes < 1 || headBytes < startLineBytes || fields < 1) {
            throw new IllegalArgumentException(
                    "limits of a head must be positive and its bytes at least those of the start line, not "
                            + startLineBytes + ", " + headBytes + ", " + fields);
        }
    }
}
