package dev.sallyport.relay.respond;

import dev.sallyport.model.request.Ascii;
import dev.sallyport.model.role.Disclosure;
import dev.sallyport.relay.http.FieldName;
import dev.sallyport.relay.http.FieldSet;
import dev.sallyport.relay.http.FieldSink;
import dev.sallyport.relay.http.OutgoingRequest;
import dev.sallyport.relay.http.Phrase;
import dev.sallyport.relay.http.RequestHead;
import dev.sallyport.relay.trace.Trace;

/** The fields of a request as it goes to an origin: those that are kept, and what is disclosed of the client. */
public final class RequestFields implements OutgoingRequest {
    /** {@code Expect} is said anew where the client waits, and the trace with a span of ours. */
    private static final FieldSet ALWAYS_DROPPED =
            FieldSet.of(FieldName.EXPECT, FieldName.TRACEPARENT, FieldName.TRACESTATE);

    private static final FieldSet REMOVED = ALWAYS_DROPPED.with(
            FieldName.FORWARDED,
            FieldName.X_FORWARDED_FOR,
            FieldName.X_FORWARDED_HOST,
            FieldName.X_FORWARDED_PORT,
            FieldName.X_FORWARDED_PROTO,
            FieldName.X_FORWARDED_PREFIX,
            FieldName.X_REAL_IP);
    private static final FieldSet APPENDED = ALWAYS_DROPPED.with(FieldName.FORWARDED, FieldName.X_FORWARDED_FOR);
    private static final FieldSet REMOVED_AND_HOPS = REMOVED.with(FieldName.MAX_FORWARDS);
    private static final FieldSet APPENDED_AND_HOPS = APPENDED.with(FieldName.MAX_FORWARDS);

    private static final Phrase CONTINUE = Phrase.of("100-continue");
    private static final Phrase SEPARATOR = Phrase.of(", ");
    private static final Phrase FOR = Phrase.of("for=");
    private static final Phrase HOST = Phrase.of(";host=\"");
    private static final Phrase QUOTE = Phrase.of("\"");
    private static final Phrase PROTO = Phrase.of(";proto=");

    private final Via via;
    private final Client client;
    private final RequestHead head;
    private final Trace trace;
    private Disclosure disclosure = new Disclosure(Disclosure.Forwarding.REMOVE, false, false);
    private int publicPort;
    private boolean upgrading;
    private boolean expecting;

    /**
     * @param client of the connection
     * @param head the request, whichever is in it
     * @param trace of that request
     */
    public RequestFields(Via via, Client client, RequestHead head, Trace trace) {
        this.via = via;
        this.client = client;
        this.head = head;
        this.trace = trace;
    }

    /**
     * Makes ready for the request that is in the head now.
     *
     * @param publicPort the port that the client connected to, as it knows it
     * @param upgrading whether it goes on asking for another protocol
     * @param expecting whether it goes on waiting for 100 before its body
     */
    public RequestFields with(Disclosure disclosure, int publicPort, boolean upgrading, boolean expecting) {
        this.disclosure = disclosure;
        this.publicPort = publicPort;
        this.upgrading = upgrading;
        this.expecting = expecting;
        return this;
    }

    @Override
    public RequestHead head() {
        return head;
    }

    @Override
    public boolean upgrading() {
        return upgrading;
    }

    @Override
    public void fields(FieldSink out) {
        boolean counted = head.maxForwards() >= 0;
        out.kept(head, dropped(disclosure.forwarding(), counted));
        if (counted) {
            out.field(FieldName.MAX_FORWARDS, head.maxForwards() - 1);
        }
        if (expecting) {
            out.field(FieldName.EXPECT, CONTINUE);
        }
        trace.fields(head, out);
        switch (disclosure.forwarding()) {
            case REMOVE -> {}
            case REPLACE -> replace(out);
            case APPEND -> append(out);
        }
        if (disclosure.viaRequest()) {
            out.field(FieldName.VIA, via.after(head));
        }
    }

    private static FieldSet dropped(Disclosure.Forwarding forwarding, boolean hops) {
        return switch (forwarding) {
            case REMOVE, REPLACE -> hops ? REMOVED_AND_HOPS : REMOVED;
            case APPEND -> hops ? APPENDED_AND_HOPS : APPENDED;
        };
    }

    private void replace(FieldSink out) {
        out.field(FieldName.X_FORWARDED_FOR, client.address());
        out.field(FieldName.X_FORWARDED_PROTO, client.scheme());
        if (head.authority().length() > 0) {
            out.field(FieldName.X_FORWARDED_HOST, head.authority());
        }
        out.field(FieldName.X_FORWARDED_PORT, publicPort);
        out.begin(FieldName.FORWARDED);
        forwarded(out);
    }

    /** What a trusted client said of the first hop stays; the list of hops goes on. */
    private void append(FieldSink out) {
        begin(out, FieldName.X_FORWARDED_FOR);
        out.text(client.address());
        out.end();
        if (!head.has(FieldName.X_FORWARDED_PROTO)) {
            out.field(FieldName.X_FORWARDED_PROTO, client.scheme());
        }
        if (!head.has(FieldName.X_FORWARDED_HOST) && head.authority().length() > 0) {
            out.field(FieldName.X_FORWARDED_HOST, head.authority());
        }
        if (!head.has(FieldName.X_FORWARDED_PORT)) {
            out.field(FieldName.X_FORWARDED_PORT, publicPort);
        }
        begin(out, FieldName.FORWARDED);
        forwarded(out);
    }

    private void begin(FieldSink out, FieldName name) {
        out.begin(name);
        Ascii known = head.field(name);
        if (known != null) {
            out.text(known);
            out.text(SEPARATOR);
        }
    }

    private void forwarded(FieldSink out) {
        out.text(FOR);
        out.text(client.node());
        if (head.authority().length() > 0) {
            out.text(HOST);
            out.text(head.authority());
            out.text(QUOTE);
        }
        out.text(PROTO);
        out.text(client.scheme());
        out.end();
    }
}
