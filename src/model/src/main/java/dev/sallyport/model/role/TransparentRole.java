package dev.sallyport.model.role;

import dev.sallyport.model.name.HostKind;
import dev.sallyport.model.request.Ascii;
import dev.sallyport.model.request.RequestView;

/**
 * Acts for clients that know of no proxy, as their connections were redirected. A {@link ForwardRole} judges what they ask
 * for: by name where the client tells one, and then it is the relay that resolves the name, so that nobody goes to an
 * address of their own under the name of another; by the original address where it tells none. The port is always the
 * original one.
 */
final class TransparentRole implements Role {
    private static final Ascii NO_NAME = Ascii.of("");
    /** What is passed through unread is judged as a tunnel. */
    private static final Ascii TUNNEL = Ascii.of("CONNECT");

    private static final Verdict.Refuse NOT_REDIRECTED = new Verdict.Refuse(
            403,
            ProxyError.HTTP_REQUEST_DENIED,
            "",
            "This listener is for connections that are redirected to it, and this one was not.");
    private static final Verdict.Refuse NO_TUNNELS = new Verdict.Refuse(
            405,
            ProxyError.HTTP_REQUEST_DENIED,
            "",
            "No tunnels are opened on a redirected connection: its client asks another proxy for one.");
    private static final Verdict.Refuse OTHER_SCHEME =
            misdirected("The connection has no TLS, and only http URLs are asked for on it.");

    private final ForwardRole policy;

    TransparentRole(ForwardRole policy) {
        this.policy = policy;
    }

    @Override
    public Verdict decide(Ask ask, Peer peer, Trail trail) {
        return switch (ask) {
            case Ask.OriginalDestination original -> {
                Ascii name = name(original);
                yield policy.decide(
                        name.length() == 0 ? address(original) : name, original.port(), TUNNEL, peer, trail);
            }
            case Ask.Http http -> {
                Ask.OriginalDestination original = http.original();
                yield original == null ? NOT_REDIRECTED : decide(http, original, peer, trail);
            }
            case Ask.Connect connect -> NO_TUNNELS;
            case Ask.Stream stream -> NOT_REDIRECTED;
            case Ask.ServerName tls -> NOT_REDIRECTED;
        };
    }

    @Override
    public Tracing tracing() {
        return policy.tracing();
    }

    /** Whatever the form of the target: an origin takes the absolute one too (RFC 9112, section 3.2.2). */
    private Verdict decide(Ask.Http http, Ask.OriginalDestination original, Peer peer, Trail trail) {
        RequestView request = http.request();
        if (!http.scheme().equals("http")) {
            return OTHER_SCHEME;
        }
        if (request.port() >= 0 && request.port() != original.port()) {
            return misdirected("The request is for port " + request.port() + ", and its connection was going to port "
                    + original.port() + ".");
        }
        Ascii host = request.host().length() == 0 ? address(original) : request.host();
        return policy.decide(host, original.port(), request.method(), peer, trail);
    }

    /** An address is no server name (RFC 6066, section 3). */
    private static Ascii name(Ask.OriginalDestination original) {
        Ascii name = original.tls() == null ? NO_NAME : original.tls().name();
        return HostKind.of(name) == HostKind.ADDRESS ? NO_NAME : name;
    }

    private static Ascii address(Ask.OriginalDestination original) {
        return Ascii.of(original.address().toString());
    }

    /** RFC 9110, section 15.5.20: its target is no resource of where it was going. */
    private static Verdict.Refuse misdirected(String detail) {
        return new Verdict.Refuse(421, ProxyError.HTTP_REQUEST_ERROR, "", detail);
    }
}
