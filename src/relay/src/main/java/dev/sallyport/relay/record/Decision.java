package dev.sallyport.relay.record;

import dev.sallyport.model.config.RoleKind;
import dev.sallyport.model.role.ProxyError;
import dev.sallyport.model.role.Verdict;
import dev.sallyport.relay.trace.Trace;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What was decided on one exchange or tunnel and what came of it. A connection or stream has one, fills it as it goes,
 * gives it to a {@link Recorder} when the exchange ended, and {@linkplain #reset resets} it for the next. It belongs
 * to one event loop and nobody keeps it: what is recorded is copied.
 *
 * <p>Nothing secret has a place in it: no field values, and of a query only that there was one.
 */
public final class Decision {
    /** The duration of a phase that did not take place. */
    public static final long NONE = -1;

    /** What was asked for. */
    public enum Kind {
        REQUEST,
        TUNNEL;

        private final String token = name().toLowerCase(Locale.ROOT);

        /** The name in logs and metrics. */
        public String token() {
            return token;
        }
    }

    /** Why an exchange or a tunnel ended. */
    public enum End {
        /** Both sides said all they had to say. */
        COMPLETE,
        /** The client went away before. */
        CLIENT_CLOSED,
        /** The destination went away before. */
        UPSTREAM_CLOSED,
        /** The client did not complete its head or body in time. */
        CLIENT_TIMEOUT,
        /** No connection to the destination in time. */
        CONNECT_TIMEOUT,
        /** No head of a response in time. */
        RESPONSE_TIMEOUT,
        /** The whole exchange took too long. */
        REQUEST_TIMEOUT,
        /** No byte in either direction for too long. */
        IDLE_TIMEOUT,
        /** A tunnel that reached the end of its lifetime. */
        LIFETIME,
        /** The relay ends, and the grace had passed. */
        DRAIN,
        /** What the client sent was not a valid message. */
        CLIENT_ERROR,
        /** What the destination sent was not a valid message. */
        UPSTREAM_ERROR,
        /** A fault of the relay. */
        INTERNAL_ERROR;

        private final String token = name().toLowerCase(Locale.ROOT);

        /** The name in logs and metrics. */
        public String token() {
            return token;
        }
    }

    /** When it began, in milliseconds since the epoch. */
    public long startMillis;
    /** When it began, by {@link System#nanoTime}. */
    public long startNanos;

    public Kind kind = Kind.REQUEST;
    /** The role of the listener. */
    public RoleKind role = RoleKind.FORWARD;
    /** The name of the listener. */
    public String listener = "";
    /** The name of the policy that judged, {@code namespace/name}. */
    public String policy = "";

    /** The client's address as a literal, made once a connection. */
    public String clientAddress = "";

    public int clientPort;

    /** What the client had connected to, {@code 192.0.2.7:443}, where it was redirected to the relay; or empty. */
    public String original = "";

    /** The version of TLS that the client speaks, such as {@code TLSv1.3}; or empty. */
    public String tls = "";
    /** The name that it asked for by TLS, or empty. */
    public String serverName = "";
    /** The subject of the certificate that it showed, or empty. */
    public String clientSubject = "";
    /** The version of HTTP that the client spoke: {@code HTTP/1.0}, {@code HTTP/1.1} or {@code HTTP/2}; or empty. */
    public String protocol = "";

    /** The method as sent. */
    public final Text method = new Text(32);
    /** {@code http} or {@code https}; empty for a tunnel. */
    public String scheme = "";
    /** The host that was asked for, without brackets. */
    public final Text host = new Text(255);
    /** The port that was asked for, or 0. */
    public int port;
    /** The path, without query. */
    public final Text path = new Text(2048);
    /** Whether there was a query. */
    public boolean query;

    /** What it is a part of. */
    public final Trace trace = new Trace();

    /** Whether the role's verdict was to go on. Also true when the destination then could not be reached. */
    public boolean allowed;
    /** The name of the rule that decided, or empty. */
    public String rule = "";
    /** In Report mode: the rule or guard that would have refused; empty when none would. */
    public String overlookedRule = "";
    /** Why it would have. */
    public String overlookedDetail = "";

    /** The status that the client was sent, or 0 when it was sent none. */
    public int status;
    /** The id of the cluster, or empty for a destination that the client named. */
    public String cluster = "";
    /** The address that was dialled or reused last, {@code 192.0.2.7:80} or {@code [2001:db8::7]:80}, made once a connection; or empty. */
    public String upstream = "";
    /** Tries after the first. */
    public int retries;
    /** Bytes of the request's body, or from the client into a tunnel. */
    public long requestBytes;
    /** Bytes of the response's body, or to the client out of a tunnel. */
    public long responseBytes;

    /** From the head of the request to the verdict, in nanoseconds. */
    public long decideNanos = NONE;
    /** To look up the destination's name. */
    public long resolveNanos = NONE;
    /** To connect to it; {@link #NONE} when a kept connection was used. */
    public long connectNanos = NONE;
    /** From the start to the first byte of the response. */
    public long firstByteNanos = NONE;
    /** From the start to the end. */
    public long totalNanos = NONE;

    /** What {@code Proxy-Status} said when the relay answered by itself or cut the answer short. */
    public @Nullable ProxyError error;
    /** The sentence that goes with {@link #error}, without anything secret. */
    public String detail = "";

    public End end = End.COMPLETE;

    /** Begins anew. What belongs to the connection (listener, role, policy, client) stays. */
    public void reset(long millis, long nanos) {
        startMillis = millis;
        startNanos = nanos;
        kind = Kind.REQUEST;
        method.clear();
        protocol = "";
        scheme = "";
        host.clear();
        port = 0;
        path.clear();
        query = false;
        trace.clear();
        allowed = false;
        rule = "";
        overlookedRule = "";
        overlookedDetail = "";
        status = 0;
        cluster = "";
        upstream = "";
        retries = 0;
        requestBytes = 0;
        responseBytes = 0;
        decideNanos = NONE;
        resolveNanos = NONE;
        connectNanos = NONE;
        firstByteNanos = NONE;
        totalNanos = NONE;
        error = null;
        detail = "";
        end = End.COMPLETE;
    }

    /** Takes over what a role decided. */
    public void verdict(Verdict verdict) {
        rule = verdict.rule();
        switch (verdict) {
            case Verdict.To to -> {
                allowed = true;
                if (to.overlooked() != null) {
                    overlookedRule = to.overlooked().rule();
                    overlookedDetail = to.overlooked().detail();
                }
            }
            case Verdict.Refuse refuse -> {
                allowed = false;
                failed(refuse.error(), refuse.detail());
            }
        }
    }

    /** Says why the relay answers by itself. */
    public void failed(ProxyError why, String sentence) {
        error = why;
        detail = sentence;
    }
}
