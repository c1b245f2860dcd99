package dev.sallyport.relay.http;

import dev.sallyport.model.request.Ascii;
import dev.sallyport.model.request.RequestView;
import org.jspecify.annotations.Nullable;

/** The head of a request. */
public final class RequestHead extends MessageHead implements RequestView {
    /** Fields that mean nothing, or something else to each reader, when they stand twice. */
    private static final long SINGLE = FieldName.HOST.bit()
            | FieldName.AUTHORIZATION.bit()
            | FieldName.PROXY_AUTHORIZATION.bit()
            | FieldName.CONTENT_TYPE.bit()
            | FieldName.ORIGIN.bit()
            | FieldName.EXPECT.bit()
            | FieldName.MAX_FORWARDS.bit()
            | FieldName.SEC_WEBSOCKET_KEY.bit()
            | FieldName.SEC_WEBSOCKET_VERSION.bit();

    private static final byte[] GET = {'G', 'E', 'T'};

    private final Target target = new Target();
    private final PathNormalizer normalizer = new PathNormalizer();
    private final Span methodView = new Span(this);
    private final Span targetView = new Span(this);
    private final Span authorityView = new Span(this);
    private final Span hostView = new Span(this);
    private final Span pathView = new Span(this);
    private final Span queryView = new Span(this);
    private Method method = Method.OTHER;
    private int port = -1;
    private boolean expectsContinue;
    private long maxForwards = -1;

    /** An empty head, to be filled by a codec. */
    public RequestHead() {}

    @Override
    public void reset() {
        super.reset();
        method = Method.OTHER;
        port = -1;
        expectsContinue = false;
        maxForwards = -1;
        methodView.set(0, 0);
        targetView.set(0, 0);
        authorityView.set(0, 0);
        hostView.set(0, 0);
        pathView.set(0, 0);
        queryView.set(0, 0);
    }

    // ---- filled by a codec

    /**
     * Takes the parts of the request line, ranges of this head.
     *
     * @return null, or what is wrong with the method or the target
     */
    public @Nullable Fault requestLine(
            int methodStart, int methodLength, int targetStart, int targetLength, int minorVersion) {
        minorVersion(minorVersion);
        if (!Octets.isToken(bytes(), methodStart, methodStart + methodLength)) {
            return Fault.METHOD;
        }
        method = Method.of(bytes(), methodStart, methodLength);
        methodView.set(methodStart, methodLength);
        targetView.set(targetStart, targetLength);
        return target.read(bytes(), targetStart, targetStart + targetLength, method);
    }

    /**
     * Decides on the whole, once the request line and all fields are there.
     *
     * @return null, or what is wrong
     */
    public @Nullable Fault complete() {
        Fault fault = readAuthority();
        if (fault == null) {
            fault = readFraming();
        }
        if (fault == null) {
            fault = readConnection();
        }
        if (fault == null) {
            fault = readExpect();
        }
        if (fault == null) {
            fault = readMaxForwards();
        }
        if (fault == null && (repeated() & SINGLE) != 0) {
            fault = Fault.FIELD_REPEATED;
        }
        if (fault == null && method == Method.CONNECT && (chunked() || contentLength() > 0)) {
            fault = Fault.CONNECT_BODY;
        }
        if (fault == null) {
            setPath();
        }
        return fault;
    }

    /**
     * Takes the pseudo-fields of HTTP/2 and decides on the whole, once all fields are there (RFC 9113, section 8.3.1). What
     * {@code :scheme}, {@code :authority} and {@code :path} say becomes a target in absolute form. A request for
     * WebSocket (RFC 8441) becomes the GET that asks for it in HTTP/1.1.
     *
     * @param end whether there is no body
     * @return null, or what is wrong
     */
    public @Nullable Fault complete(PseudoFields pseudo, boolean end) {
        http2();
        if (!pseudo.ofRequest()) {
            return Fault.PSEUDO_FIELD;
        }
        int method = pseudo.start(PseudoFields.METHOD);
        int methodLength = pseudo.length(PseudoFields.METHOD);
        boolean connect = Method.of(bytes(), method, methodLength) == Method.CONNECT;
        boolean extended = pseudo.has(PseudoFields.PROTOCOL);
        Fault fault;
        if (connect && !extended) {
            fault = pseudo.ofConnect()
                    ? requestLine(
                            method,
                            methodLength,
                            pseudo.start(PseudoFields.AUTHORITY),
                            pseudo.length(PseudoFields.AUTHORITY),
                            1)
                    : Fault.PSEUDO_FIELD;
        } else if (extended && !connect || !pseudo.has(PseudoFields.SCHEME)) {
            fault = Fault.PSEUDO_FIELD;
        } else {
            fault = readParts(pseudo, extended);
        }
        if (fault == null) {
            fault = readLength(end || connect);
        }
        return fault == null ? readRest() : fault;
    }

    private @Nullable Fault readParts(PseudoFields pseudo, boolean extended) {
        int path = pseudo.start(PseudoFields.PATH);
        int pathLength = pseudo.length(PseudoFields.PATH);
        if (pathLength <= 0) {
            return Fault.PATH_MISSING;
        }
        int scheme = pseudo.start(PseudoFields.SCHEME);
        int schemeEnd = scheme + pseudo.length(PseudoFields.SCHEME);
        if (!Octets.equalsLowerCase(bytes(), scheme, schemeEnd, "http")
                && !Octets.equalsLowerCase(bytes(), scheme, schemeEnd, "https")) {
            return Fault.TARGET_SCHEME;
        }
        int authority = pseudo.start(PseudoFields.AUTHORITY);
        int authorityLength = pseudo.length(PseudoFields.AUTHORITY);
        if (!pseudo.has(PseudoFields.AUTHORITY)) {
            int host = first(FieldName.HOST);
            if (host < 0) {
                return Fault.HOST_MISSING;
            }
            authority = valueStart(host);
            authorityLength = valueLength(host);
        }
        if (!target.authority.read(bytes(), authority, authority + authorityLength)) {
            return Fault.TARGET_AUTHORITY;
        }
        boolean asterisk = pathLength == 1 && bytes()[path] == '*';
        if (!asterisk && bytes()[path] != '/') {
            return Fault.TARGET;
        }
        int method = extended ? filled() : pseudo.start(PseudoFields.METHOD);
        int methodLength = extended ? GET.length : pseudo.length(PseudoFields.METHOD);
        if (extended) {
            append(GET, 0, GET.length);
            upgrading();
        }
        int start = filled();
        append(bytes(), scheme, schemeEnd - scheme);
        append(':');
        append('/');
        append('/');
        append(bytes(), authority, authorityLength);
        if (!asterisk) {
            append(bytes(), path, pathLength);
        }
        Fault fault = requestLine(method, methodLength, start, filled() - start, 1);
        return fault == null && asterisk && this.method != Method.OPTIONS ? Fault.TARGET_FORM : fault;
    }

    private @Nullable Fault readRest() {
        if (chunked() && upgrade() != null) {
            return Fault.CONNECT_BODY;
        }
        Fault fault = readAuthority();
        if (fault == null) {
            fault = readExpect();
        }
        if (fault == null && (repeated() & SINGLE) != 0) {
            fault = Fault.FIELD_REPEATED;
        }
        if (fault == null && (method == Method.CONNECT || upgrade() != null) && contentLength() > 0) {
            fault = Fault.CONNECT_BODY;
        }
        if (fault == null) {
            boolean expected = method == Method.POST || method == Method.PUT || method == Method.PATCH;
            if (framing() == Framing.NONE && expected) {
                contentLength(0);
            }
            setPath();
        }
        return fault;
    }

    private @Nullable Fault readAuthority() {
        boolean inTarget = target.form() == TargetForm.ABSOLUTE || target.form() == TargetForm.AUTHORITY;
        if (inTarget) {
            setAuthority(target.authorityStart(), target.authorityEnd());
        }
        int line = first(FieldName.HOST);
        if (line < 0) {
            return minorVersion() == 0 || version() == Version.HTTP_2 ? null : Fault.HOST_MISSING;
        }
        if (next(FieldName.HOST, line) >= 0) {
            return Fault.HOST_REPEATED;
        }
        int start = valueStart(line);
        int end = start + valueLength(line);
        if (version() == Version.HTTP_2) {
            boolean same = end - start == authorityView.length()
                    && Octets.equalsIgnoreCase(bytes(), start, authorityView.start(), end - start);
            return same ? null : Fault.AUTHORITY_AND_HOST;
        }
        if (start == end) {
            return target.form() == TargetForm.ORIGIN ? Fault.HOST : null;
        }
        if (!target.authority.read(bytes(), start, end)) {
            return Fault.HOST;
        }
        if (!inTarget) {
            setAuthority(start, end);
        }
        return null;
    }

    private void setAuthority(int start, int end) {
        authorityView.set(start, end - start);
        hostView.set(target.authority.hostStart(), target.authority.hostLength());
        port = target.authority.port();
    }

    private @Nullable Fault readExpect() {
        int line = first(FieldName.EXPECT);
        if (line < 0) {
            return null;
        }
        int start = valueStart(line);
        if (!Octets.equalsLowerCase(bytes(), start, start + valueLength(line), "100-continue")) {
            return Fault.EXPECTATION;
        }
        expectsContinue = true;
        return null;
    }

    private @Nullable Fault readMaxForwards() {
        int line = method == Method.OPTIONS || method == Method.TRACE ? first(FieldName.MAX_FORWARDS) : -1;
        if (line < 0) {
            return null;
        }
        maxForwards = number(line);
        return maxForwards < 0 ? Fault.MAX_FORWARDS : null;
    }

    private void setPath() {
        queryView.set(target.queryStart(), target.queryEnd() - target.queryStart());
        int start = target.pathStart();
        int length = target.pathEnd() - start;
        if (length == 0 && target.form() == TargetForm.ABSOLUTE) {
            start = extend(1);
            length = 1;
            bytes()[start] = (byte) (method == Method.OPTIONS && queryView.length() == 0 ? '*' : '/');
        }
        pathView.set(start, length);
    }

    /**
     * Brings the path into its one normal form ({@link PathNormalizer}) before anything is decided on it; from then on
     * {@link #path()} is what is matched and what is sent on. For requests to an origin that this relay stands for: a
     * forward proxy sends a path as it came.
     *
     * @return null, or {@link Fault#PATH} when origins may read the path in different ways
     */
    public @Nullable Fault normalizePath() {
        if (pathView.length() == 0 || pathView.at(0) != '/') {
            return null;
        }
        return switch (normalizer.normalize(bytes(), pathView.start(), pathView.end())) {
            case UNCHANGED -> null;
            case REWRITTEN -> {
                int start = extend(normalizer.length());
                System.arraycopy(normalizer.bytes(), 0, bytes(), start, normalizer.length());
                pathView.set(start, normalizer.length());
                yield null;
            }
            case AMBIGUOUS -> Fault.PATH;
        };
    }

    // ---- read

    @Override
    public Ascii method() {
        return methodView;
    }

    /** The method among those known by name. */
    public Method knownMethod() {
        return method;
    }

    /** The form of the target. */
    public TargetForm targetForm() {
        return target.form();
    }

    /** The whole target as it was sent. */
    public Ascii target() {
        return targetView;
    }

    /** The scheme of a target in absolute form, or null: then it is that of the connection. */
    public @Nullable Scheme scheme() {
        return target.scheme();
    }

    /** Host and port as sent, in the target if it has them, else in {@code Host}; empty when neither has. */
    public Ascii authority() {
        return authorityView;
    }

    @Override
    public Ascii host() {
        return hostView;
    }

    @Override
    public int port() {
        return port;
    }

    /** {@inheritDoc} Empty for a target in authority form. */
    @Override
    public Ascii path() {
        return pathView;
    }

    @Override
    public Ascii query() {
        return queryView;
    }

    /** Whether the target has a query, which may be empty. */
    public boolean hasQuery() {
        return target.queryStart() > target.pathEnd();
    }

    /** As {@link MessageHead#field}; {@code Host} is the authority of a target that has one. */
    @Override
    public @Nullable Ascii field(FieldName name) {
        boolean inTarget = target.form() == TargetForm.ABSOLUTE || target.form() == TargetForm.AUTHORITY;
        return name == FieldName.HOST && inTarget ? authorityView : super.field(name);
    }

    @Override
    public Framing framing() {
        if (chunked()) {
            return Framing.CHUNKED;
        }
        return contentLength() >= 0 ? Framing.LENGTH : Framing.NONE;
    }

    /** Whether the client waits for 100 before it sends the body that it announced (RFC 9110, section 10.1.1). */
    public boolean expects100Continue() {
        return expectsContinue && minorVersion() == 1 && (chunked() || contentLength() > 0);
    }

    /** Whether the client takes trailers with the response (RFC 9110, section 10.1.4). */
    public boolean acceptsTrailers() {
        return minorVersion() == 1 && lists(FieldName.TE, "trailers", elements);
    }

    /**
     * How often an OPTIONS or TRACE may yet be forwarded (RFC 9110, section 7.6.2), or -1 when it does not say so. On
     * other methods the field means nothing.
     */
    public long maxForwards() {
        return maxForwards;
    }

    /**
     * {@inheritDoc} An HTTP/1.0 client of a forward proxy cannot ask for it, as proxies before it may not have
     * understood.
     */
    @Override
    public boolean persistent() {
        return super.persistent() && (minorVersion() == 1 || target.form() == TargetForm.ORIGIN);
    }
}
