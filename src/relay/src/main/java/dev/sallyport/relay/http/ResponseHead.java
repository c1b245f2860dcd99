package dev.sallyport.relay.http;

import dev.sallyport.model.request.Ascii;
import org.jspecify.annotations.Nullable;

/** The head of a response. */
public final class ResponseHead extends MessageHead {
    private final Span reasonView = new Span(this);
    private int status;
    private Framing framing = Framing.NONE;
    private boolean last;

    /** An empty head, to be filled by a codec. */
    public ResponseHead() {}

    @Override
    public void reset() {
        super.reset();
        status = 0;
        framing = Framing.NONE;
        last = false;
        reasonView.set(0, 0);
    }

    /** Takes the parts of the status line; the reason phrase is a range of this head. */
    public void statusLine(int status, int reasonStart, int reasonLength, int minorVersion) {
        minorVersion(minorVersion);
        this.status = status;
        reasonView.set(reasonStart, reasonLength);
    }

    /**
     * Decides on the whole, once the status line and all fields are there.
     *
     * @param method the method of the request that this answers
     * @return null, or what is wrong
     */
    public @Nullable Fault complete(Method method) {
        boolean tunnel = method == Method.CONNECT && status >= 200 && status < 300;
        Fault fault = tunnel ? null : readFraming();
        if (tunnel || method == Method.HEAD || status < 200 || status == 204 || status == 304) {
            framing = Framing.NONE;
        } else if (chunked()) {
            framing = Framing.CHUNKED;
        } else {
            framing = contentLength() >= 0 ? Framing.LENGTH : Framing.UNTIL_CLOSE;
        }
        if (fault == null && status < 200 && declaresBody()) {
            fault = Fault.INTERIM_BODY;
        }
        return fault == null ? readConnection() : fault;
    }

    /**
     * Takes the pseudo-fields of HTTP/2 and decides on the whole, once all fields are there (RFC 9113, section 8.3.2).
     *
     * @param method the method of the request that this answers
     * @param end whether there is no body
     * @return null, or what is wrong
     */
    public @Nullable Fault complete(PseudoFields pseudo, Method method, boolean end) {
        http2();
        last = end;
        status = pseudo.ofResponse() ? readStatus(pseudo.start(PseudoFields.STATUS)) : 0;
        if (status < 100 || status == 101 || status < 200 && end) {
            return Fault.PSEUDO_FIELD;
        }
        boolean bodiless = method == Method.HEAD || status < 200 || status == 204 || status == 304;
        Fault fault = readLength(end || bodiless);
        if (bodiless) {
            framing = Framing.NONE;
            return fault == Fault.BODY_LENGTH && status >= 200 ? null : fault;
        }
        if (fault == null && end) {
            contentLength(0);
        }
        framing = chunked() ? Framing.CHUNKED : Framing.LENGTH;
        return fault;
    }

    /** Counts as the answer by which HTTP/1.1 agrees to the protocol of its {@code Upgrade}. */
    void switchesProtocols() {
        status = 101;
        framing = Framing.NONE;
        upgrading();
    }

    private int readStatus(int start) {
        int value = 0;
        for (int i = start; i < start + 3; i++) {
            if (!Octets.isDigit(bytes()[i])) {
                return 0;
            }
            value = value * 10 + bytes()[i] - '0';
        }
        return value;
    }

    /**
     * Whether the head is known to be all of the response: in HTTP/2 its stream ended with it, which gRPC tells from a body of
     * no bytes.
     */
    public boolean last() {
        return last;
    }

    /** The status code, from 100 to 999. */
    public int status() {
        return status;
    }

    /** Whether a final response is still to come. 101 is not among these: what follows it is no HTTP/1.1. */
    public boolean interim() {
        return status < 200 && status != 101;
    }

    /** The reason phrase, which may be empty. */
    public Ascii reason() {
        return reasonView;
    }

    @Override
    public Framing framing() {
        return framing;
    }

    /**
     * {@inheritDoc} A body that ends with the connection leaves none to keep; one that is declared with status 204,
     * though there can be none, may yet follow.
     */
    @Override
    public boolean persistent() {
        return super.persistent()
                && framing != Framing.UNTIL_CLOSE
                && status != 101
                && !(status == 204 && declaresBody());
    }

    private boolean declaresBody() {
        return chunked() || contentLength() > 0;
    }
}
