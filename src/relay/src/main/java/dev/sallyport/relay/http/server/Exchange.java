package dev.sallyport.relay.http.server;

import dev.sallyport.model.config.RoleKind;
import dev.sallyport.model.role.Ask;
import dev.sallyport.model.role.Destination;
import dev.sallyport.model.role.Peer;
import dev.sallyport.model.role.ProxyError;
import dev.sallyport.model.role.Timeouts;
import dev.sallyport.model.role.Verdict;
import dev.sallyport.relay.http.Fault;
import dev.sallyport.relay.http.Framing;
import dev.sallyport.relay.http.Method;
import dev.sallyport.relay.http.RequestHead;
import dev.sallyport.relay.http.ResponseHead;
import dev.sallyport.relay.http.TrailerHead;
import dev.sallyport.relay.http.Upgrades;
import dev.sallyport.relay.http.WebSockets;
import dev.sallyport.relay.http.client.Failure;
import dev.sallyport.relay.http.client.Origin;
import dev.sallyport.relay.http.client.ResponseSink;
import dev.sallyport.relay.loop.Deadline;
import dev.sallyport.relay.loop.Transport;
import dev.sallyport.relay.record.ClientFault;
import dev.sallyport.relay.record.Decision;
import dev.sallyport.relay.record.Decision.End;
import dev.sallyport.relay.respond.Answer;
import dev.sallyport.relay.respond.Client;
import dev.sallyport.relay.respond.RequestFields;
import dev.sallyport.relay.role.Arrival;
import dev.sallyport.relay.role.ConnectAsk;
import dev.sallyport.relay.role.HttpAsk;
import dev.sallyport.relay.tls.SecureSession;
import dev.sallyport.relay.tunnel.Tunnel;
import dev.sallyport.relay.tunnel.TunnelEnd;
import dev.sallyport.relay.upstream.Introduction;
import dev.sallyport.relay.upstream.Reach;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One request and what becomes of it, from its head to its record. It is used again for the next request of its
 * connection. All of it happens on one loop; what takes time calls back.
 */
final class Exchange implements Reach.Listener, ResponseSink {
    private static final long NEVER = Long.MAX_VALUE;

    /** What the system may hold of a response for a client with a least rate ({@link Transport#boundUnsent}). */
    private static final long UNSEEN = 2 * Transport.UNSENT_BYTES;

    /** How often a request is sent again as its origin was just going away or did not take it. */
    private static final int MOST_REPEATS = 3;

    private final Worker worker;
    private final ClientSide client;
    private final RequestHead request;
    private final Arrival arrival;
    private final HttpAsk httpAsk;
    private final ConnectAsk connectAsk;
    private final RequestFields fields;
    private final Decision decision = new Decision();
    private final Reach reach;
    private final Deadline deadline;
    private final Expectation expectation = new Expectation();
    private final Pace requestPace = new Pace(0);
    private final Pace responsePace = new Pace(UNSEEN);
    private final Deadline paceLook;

    private Phase phase = Phase.IDLE;
    private Door.@Nullable Serving serving;
    private Verdict.@Nullable To verdict;
    private @Nullable Origin origin;
    private @Nullable Tunnel tunnel;
    private long served;
    private boolean requestEnded;
    private boolean upgrading;
    private boolean onShared;
    private boolean bodyBegun;
    private int repeats;
    private long requestAt;
    private long responseAt;
    private long idleNanos;
    private long active;

    Exchange(Worker worker, ClientSide client, RequestHead request, Arrival arrival) {
        this.worker = worker;
        this.client = client;
        this.request = request;
        this.arrival = arrival;
        this.httpAsk = new HttpAsk(request, arrival.scheme(), arrival.original());
        this.connectAsk = new ConnectAsk(request);
        Peer peer = arrival.peer();
        Client disclosed = Client.at(peer.address(), arrival.secure());
        this.fields = new RequestFields(worker.via(), disclosed, request, decision.trace);
        this.reach =
                new Reach(worker.upstreams(), decision, new Introduction(arrival.client(), arrival.reached()), this);
        this.deadline = worker.loop().deadline(this::passed);
        this.paceLook = worker.loop().deadline(this::lookAtPace);
        decision.listener = peer.listener();
        decision.clientAddress = disclosed.address().toString();
        decision.clientPort = peer.port();
        if (arrival.original() != null) {
            decision.original = arrival.original().toString();
        }
        SecureSession session = arrival.session();
        if (session != null) {
            decision.tls = session.version();
            decision.serverName = session.serverName();
            decision.clientSubject = session.clientSubject();
        }
    }

    // ---- admit, route, connect

    /** Begins with a request whose head is complete. It may have ended when this returns. */
    void begin(Door.Serving now) {
        start(now);
        served++;
        boolean connect = request.knownMethod() == Method.CONNECT;
        requestEnded = request.framing() == Framing.NONE;
        upgrading = (requestEnded || request.contentLength() == 0) && Upgrades.passOn(request);
        onShared = false;
        bodyBegun = false;
        repeats = 0;
        requestAt = NEVER;
        responseAt = NEVER;
        idleNanos = NEVER;
        decision.method.set(request.method());
        decision.host.set(request.host());
        decision.port = Math.max(0, request.port());
        decision.trace.of(request, now.role().tracing(), worker.loop().random());
        decision.kind = connect ? Decision.Kind.TUNNEL : Decision.Kind.REQUEST;
        decision.scheme = connect ? "" : httpAsk.scheme();
        Answer refusal = admit(now);
        decision.path.set(request.path());
        decision.query = request.hasQuery();
        if (refusal == null) {
            route(now, connect);
        } else {
            refuse(refusal, End.COMPLETE);
        }
    }

    /** Whether the request asks for another protocol that is passed on. */
    boolean upgrading() {
        return upgrading;
    }

    /** Answers what is no valid request; nothing more can be read after it. */
    void beginFaulty(Door.Serving now, Answer answer, End end) {
        start(now);
        upgrading = false;
        decision.method.set(request.method());
        refuse(answer, end);
    }

    private void start(Door.Serving now) {
        phase = Phase.ADMIT;
        serving = now;
        decision.reset(System.currentTimeMillis(), System.nanoTime());
        decision.protocol = request.version().text();
        decision.role = now.listener().role();
        decision.policy = now.listener().policy();
    }

    private @Nullable Answer admit(Door.Serving now) {
        if (request.knownMethod() == Method.TRACE) {
            return new Answer(405, ProxyError.HTTP_REQUEST_DENIED, "TRACE is not served.");
        }
        if (request.maxForwards() == 0) {
            return new Answer(200, ProxyError.PROXY_INTERNAL_RESPONSE, "The request was to be forwarded no further.");
        }
        if (worker.via().hasPassed(request)) {
            return Answer.failure(ProxyError.PROXY_LOOP_DETECTED, "The request has passed this relay before.");
        }
        if (misdirected(now)) {
            fault(now, ClientFault.MISDIRECTED);
            return new Answer(
                    421,
                    ProxyError.HTTP_REQUEST_ERROR,
                    "This connection's certificate is not for the host of the request.");
        }
        if (exceeds(now, request.contentLength())) {
            return tooLarge(now);
        }
        Fault fault = now.normalizesPaths() ? request.normalizePath() : null;
        return fault == null ? null : malformed(now, fault);
    }

    /** RFC 9110, section 15.5.20: rules and certificates of clients are those of the name that TLS was for. */
    private boolean misdirected(Door.Serving now) {
        SecureSession session = arrival.session();
        return session != null
                && now.listener().role() == RoleKind.REVERSE
                && request.host().length() > 0
                && !session.covers(request.host());
    }

    private static boolean exceeds(Door.Serving now, long bodyBytes) {
        long most = now.listener().limits().requestBodyBytes();
        return most > 0 && bodyBytes > most;
    }

    private Answer tooLarge(Door.Serving now) {
        fault(now, ClientFault.BODY_TOO_LARGE);
        long most = now.listener().limits().requestBodyBytes();
        return new Answer(
                413, ProxyError.HTTP_REQUEST_ERROR, "The body of the request is larger than " + most + " bytes.");
    }

    /** Counts what is wrong with a message and says so to the client. */
    Answer malformed(Door.Serving now, Fault fault) {
        worker.recorder().metrics().malformed(now.listener().role(), fault);
        return new Answer(fault.status(), ProxyError.HTTP_REQUEST_ERROR, "Malformed request: " + fault.reason() + ".");
    }

    private void fault(Door.Serving now, ClientFault fault) {
        worker.recorder().metrics().fault(now.listener().role(), fault);
    }

    private void route(Door.Serving now, boolean connect) {
        phase = Phase.ROUTE;
        Verdict decided = now.role().decide(connect ? connectAsk : httpAsk, arrival.peer());
        decision.decideNanos = System.nanoTime() - decision.startNanos;
        decision.verdict(decided);
        switch (decided) {
            case Verdict.Refuse refusal -> refuse(Answer.of(refusal), End.COMPLETE);
            case Verdict.To to -> connect(to, connect);
        }
    }

    private void connect(Verdict.To to, boolean connect) {
        phase = Phase.CONNECT;
        verdict = to;
        if (to.destination() instanceof Destination.Cluster cluster) {
            decision.cluster = cluster.id();
        }
        Timeouts timeouts = to.timeouts();
        Duration limit = Streams.isGrpc(request) ? timeouts.stream() : timeouts.request();
        requestAt = connect ? NEVER : after(decision.startNanos, limit);
        idleNanos = timeouts.idle().isZero() ? NEVER : timeouts.idle().toNanos();
        watch();
        if (connect) {
            reach.tunnel(to);
        } else {
            reach.http(to, mayReuse(), change());
        }
    }

    private Reach.Change change() {
        if (!upgrading) {
            return Reach.Change.NONE;
        }
        return WebSockets.asks(request) ? Reach.Change.WEB_SOCKET : Reach.Change.OTHER;
    }

    /**
     * Whether a kept connection will do. It may end at the very moment when the request is sent; then the relay tries
     * again if the request can be repeated, and a client that sent others before knows that this can happen.
     */
    private boolean mayReuse() {
        return served > 1 || request.knownMethod().idempotent() && request.framing() == Framing.NONE;
    }

    @Override
    public void reached(Origin found) {
        send(found);
    }

    @Override
    public void connected(TunnelEnd end) {
        decision.status = 200;
        openTunnel(client.tunnel(), end);
    }

    @Override
    public void unreached(ProxyError error, String detail) {
        boolean late = error == ProxyError.CONNECTION_TIMEOUT || error == ProxyError.DNS_TIMEOUT;
        refuse(Answer.failure(error, detail), late ? End.CONNECT_TIMEOUT : End.COMPLETE);
    }

    private void openTunnel(TunnelEnd asker, TunnelEnd end) {
        phase = Phase.TUNNEL;
        deadline.clear();
        decision.firstByteNanos = System.nanoTime() - decision.startNanos;
        worker.recorder().metrics().tunnelOpened();
        Timeouts timeouts = Objects.requireNonNull(verdict).timeouts();
        tunnel = new Tunnel(worker.loop(), asker, end, timeouts, decision, this::tunnelEnded);
        tunnel.open();
    }

    private void tunnelEnded() {
        tunnel = null;
        worker.recorder().metrics().tunnelClosed();
        if (!onShared) {
            worker.recorder().metrics().upstreamClosed();
        }
        record();
        client.tunnelEnded();
    }

    // ---- forward

    private void send(Origin found) {
        phase = Phase.FORWARD;
        origin = found;
        Verdict.To to = Objects.requireNonNull(verdict);
        active = System.nanoTime();
        expectation.begin(!requestEnded && client.awaitsContinue(), active);
        found.request(fields.with(to.disclosure(), publicPort(), upgrading, expectation.forwarded()), this);
        if (requestEnded) {
            found.endRequest(null);
            awaitResponse();
            found.flush();
        } else {
            watch();
            beginPace(requestPace, Streams.isGrpc(request));
            client.sendBody();
        }
    }

    private int publicPort() {
        Ask.OriginalDestination original = arrival.original();
        return original == null ? Objects.requireNonNull(serving).listener().publicPort() : original.port();
    }

    private void awaitResponse() {
        responseAt = after(active, Objects.requireNonNull(verdict).timeouts().response());
        watch();
    }

    /** Whether more of the request's body can be taken now. */
    boolean takesBody() {
        return origin != null && origin.writable();
    }

    /** Goes on with the request's body and takes the data over. */
    void body(ByteBuf data) {
        decision.requestBytes += data.readableBytes();
        Door.Serving now = Objects.requireNonNull(serving);
        if (exceeds(now, decision.requestBytes)) {
            data.release();
            refuse(tooLarge(now), End.COMPLETE);
            return;
        }
        bodyBegun = true;
        expectation.over();
        active = System.nanoTime();
        Objects.requireNonNull(origin).write(data);
    }

    /**
     * The request's body is whole.
     *
     * @param trailers that came with it, true during the call; null when there are none
     */
    void endBody(@Nullable TrailerHead trailers) {
        requestEnded = true;
        Objects.requireNonNull(origin).endRequest(trailers);
        if (phase == Phase.FORWARD) {
            active = System.nanoTime();
            awaitResponse();
        }
    }

    /** The request's body is no valid one. */
    void bodyFaulty(Fault fault) {
        refuse(malformed(Objects.requireNonNull(serving), fault), End.CLIENT_ERROR);
    }

    /** Sends what was written of the request. */
    void flush() {
        if (origin != null) {
            origin.flush();
        }
    }

    // ---- respond

    @Override
    public void onInterim(ResponseHead head) {
        active = System.nanoTime();
        if (expectation.passes(head.status())) {
            client.interim(head);
        }
    }

    @Override
    public void onHead(ResponseHead head) {
        phase = Phase.RESPOND;
        beginPace(responsePace, false);
        expectation.over();
        active = System.nanoTime();
        responseAt = NEVER;
        if (Streams.isEvents(head)) {
            requestAt = after(decision.startNanos, Objects.requireNonNull(verdict).timeouts().stream());
        }
        watch();
        reach.responded(head.status());
        decision.status = head.status();
        decision.firstByteNanos = active - decision.startNanos;
        client.head(head, Objects.requireNonNull(verdict).disclosure().viaResponse());
    }

    @Override
    public void onUpgrade(ResponseHead head, TunnelEnd end) {
        onShared = Objects.requireNonNull(origin).shared();
        origin = null;
        reach.responded(head.status());
        decision.status = head.status();
        boolean via = Objects.requireNonNull(verdict).disclosure().viaResponse();
        openTunnel(client.upgrade(head, via), end);
    }

    @Override
    public boolean takesData() {
        return client.ready();
    }

    @Override
    public void onData(ByteBuf data) {
        active = System.nanoTime();
        decision.responseBytes += data.readableBytes();
        client.body(data);
    }

    @Override
    public void onEnd(@Nullable TrailerHead trailers) {
        Origin done = Objects.requireNonNull(origin);
        origin = null;
        done.release(requestEnded && expectation.settled());
        record();
        client.end(trailers);
    }

    @Override
    public void onFailure(Failure why, Extent extent) {
        Origin failed = Objects.requireNonNull(origin);
        origin = null;
        boolean again = repeats < MOST_REPEATS
                && switch (extent) {
                    case REFUSED -> !bodyBegun;
                    case UNANSWERED -> failed.reused() && repeatable();
                    case ANSWERED -> false;
                };
        if (again) {
            repeats++;
            phase = Phase.CONNECT;
            responseAt = NEVER;
            reach.fresh();
        } else {
            if (why.error() != ProxyError.PROXY_INTERNAL_ERROR) {
                reach.failed();
            }
            refuse(Answer.failure(why.error(), why.detail()), endOf(why.error()));
        }
    }

    private static End endOf(ProxyError error) {
        return switch (error) {
            case CONNECTION_TERMINATED, HTTP_RESPONSE_INCOMPLETE -> End.UPSTREAM_CLOSED;
            case PROXY_INTERNAL_ERROR -> End.INTERNAL_ERROR;
            default -> End.UPSTREAM_ERROR;
        };
    }

    /**
     * Whether the request can be sent again although an origin had its head: when to repeat it does no harm, or the origin
     * cannot have acted on it as it lacks the body that was announced.
     */
    private boolean repeatable() {
        return !bodyBegun && (request.knownMethod().idempotent() || !requestEnded);
    }

    /** The client can take more of the response. */
    void clientReady() {
        if (origin != null) {
            origin.resume();
        }
    }

    @Override
    public void onPause() {
        client.flush();
    }

    @Override
    public void onWritable() {
        client.sendBody();
    }

    // ---- end and record

    /** The client went away, or is sent away. */
    void clientGone(End why) {
        if (tunnel != null) {
            tunnel.close(why);
        } else if (phase != Phase.IDLE) {
            decision.end = why;
            leaveOrigin();
            record();
        }
    }

    /** Lets go of all, as the connection is gone and there will be no further exchange. */
    void close() {
        deadline.remove();
        paceLook.remove();
        reach.close();
    }

    /** Ends the exchange that runs as the relay failed; false when none does. */
    boolean failInside() {
        boolean runs = phase != Phase.IDLE && tunnel == null;
        if (runs) {
            refuse(Answer.failure(ProxyError.PROXY_INTERNAL_ERROR, "The relay failed."), End.INTERNAL_ERROR);
        }
        return runs;
    }

    /** Ends the exchange by an answer of the relay's own, or, when a response has begun, by breaking that off. */
    private void refuse(Answer answer, End why) {
        boolean begun = phase == Phase.RESPOND;
        decision.failed(answer.error(), answer.detail());
        decision.end = why;
        if (!begun) {
            decision.status = answer.status();
        }
        leaveOrigin();
        record();
        if (begun) {
            client.abort();
        } else {
            client.answer(answer);
        }
    }

    private void leaveOrigin() {
        if (origin != null) {
            origin.close();
            origin = null;
        }
    }

    private void record() {
        phase = Phase.IDLE;
        paceLook.clear();
        expectation.over();
        deadline.clear();
        reach.end();
        verdict = null;
        serving = null;
        decision.totalNanos = System.nanoTime() - decision.startNanos;
        worker.recorder().record(decision);
    }

    // ---- deadlines

    private static long after(long from, Duration limit) {
        return limit.isZero() ? NEVER : from + limit.toNanos();
    }

    private void watch() {
        long idleAt = idleNanos == NEVER || phase == Phase.CONNECT ? NEVER : active + idleNanos;
        long next = Math.min(Math.min(requestAt, responseAt), Math.min(idleAt, expectation.until()));
        if (next == NEVER) {
            deadline.clear();
        } else {
            deadline.set(next);
        }
    }

    private void passed(long now) {
        if (now >= requestAt) {
            if (phase == Phase.FORWARD && requestEnded) {
                reach.failed();
            }
            refuse(
                    Answer.failure(ProxyError.HTTP_RESPONSE_TIMEOUT, "The request was not served in time."),
                    End.REQUEST_TIMEOUT);
        } else if (now >= responseAt) {
            responseLate();
        } else if (now >= expectation.until()) {
            expectation.over();
            client.proceed();
            watch();
        } else if (phase != Phase.CONNECT && idleNanos != NEVER && now - active >= idleNanos) {
            idle();
        } else {
            watch();
        }
    }

    /** @param pauses whether the bytes come when there is something to say, however rarely */
    private void beginPace(Pace pace, boolean pauses) {
        int rate = Objects.requireNonNull(serving).listener().limits().bodyMinRate();
        if (rate > 0) {
            pace.begin(pauses ? 0 : rate, active);
            paceLook.set(active + Pace.LOOK);
        }
    }

    private void lookAtPace(long now) {
        boolean responds = phase == Phase.RESPOND;
        boolean awaitsBody = !requestEnded && takesBody() && expectation.until() == NEVER;
        if (responds && responsePace.tooSlow(now, decision.responseBytes - client.unsent(), !client.ready())) {
            refuseReader("The client took the response too slowly.");
        } else if (!requestEnded && requestPace.tooSlow(now, decision.requestBytes, awaitsBody)) {
            refuseWriter("The body of the request came too slowly.");
        } else {
            paceLook.set(now + Pace.LOOK);
        }
    }

    private void refuseReader(String detail) {
        fault(Objects.requireNonNull(serving), ClientFault.READER_TOO_SLOW);
        refuse(Answer.failure(ProxyError.CONNECTION_WRITE_TIMEOUT, detail), End.CLIENT_TIMEOUT);
    }

    private void refuseWriter(String detail) {
        fault(Objects.requireNonNull(serving), ClientFault.BODY_TOO_SLOW);
        refuse(new Answer(408, ProxyError.HTTP_REQUEST_ERROR, detail), End.CLIENT_TIMEOUT);
    }

    private void responseLate() {
        responseAt = NEVER;
        expectation.over();
        leaveOrigin();
        reach.failed();
        phase = Phase.CONNECT;
        if (!repeatable() || !reach.elsewhere()) {
            refuse(
                    Answer.failure(ProxyError.HTTP_RESPONSE_TIMEOUT, "The destination did not respond in time."),
                    End.RESPONSE_TIMEOUT);
        }
    }

    private void idle() {
        if (phase == Phase.RESPOND && !client.ready()) {
            refuseReader("The client took nothing for too long.");
        } else if (requestEnded) {
            reach.failed();
            refuse(
                    Answer.failure(ProxyError.CONNECTION_READ_TIMEOUT, "The destination sent nothing for too long."),
                    End.IDLE_TIMEOUT);
        } else if (takesBody()) {
            refuseWriter("The body of the request did not arrive in time.");
        } else {
            reach.failed();
            refuse(
                    Answer.failure(ProxyError.CONNECTION_WRITE_TIMEOUT, "The destination took nothing for too long."),
                    End.IDLE_TIMEOUT);
        }
    }
}
