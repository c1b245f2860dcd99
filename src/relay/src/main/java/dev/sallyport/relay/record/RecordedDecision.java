package dev.sallyport.relay.record;

import dev.sallyport.model.config.RoleKind;
import dev.sallyport.model.role.ProxyError;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Decision} to keep. The components mean what the fields there do; a phase that did not take place is null.
 *
 * @param path without query
 * @param query whether there was one
 * @param trace the id of the trace, or empty; it and the others in hexadecimal digits
 * @param span the id of the relay's own span, or empty
 * @param parent the id of the span that the request came from, or empty
 * @param total from the start to the end
 */
public record RecordedDecision(
        Instant start,
        Decision.Kind kind,
        RoleKind role,
        String listener,
        String policy,
        String clientAddress,
        int clientPort,
        String original,
        String tls,
        String serverName,
        String clientSubject,
        String protocol,
        String method,
        String scheme,
        String host,
        int port,
        String path,
        boolean query,
        String trace,
        String span,
        String parent,
        boolean allowed,
        String rule,
        String overlookedRule,
        String overlookedDetail,
        int status,
        String cluster,
        String upstream,
        int retries,
        long requestBytes,
        long responseBytes,
        @Nullable Duration decide,
        @Nullable Duration resolve,
        @Nullable Duration connect,
        @Nullable Duration firstByte,
        @Nullable Duration total,
        @Nullable ProxyError error,
        String detail,
        Decision.End end) {

    static RecordedDecision of(Decision d) {
        return new RecordedDecision(
                Instant.ofEpochMilli(d.startMillis),
                d.kind,
                d.role,
                d.listener,
                d.policy,
                d.clientAddress,
                d.clientPort,
                d.original,
                d.tls,
                d.serverName,
                d.clientSubject,
                d.protocol,
                d.method.toString(),
                d.scheme,
                d.host.toString(),
                d.port,
                d.path.toString(),
                d.query,
                hex(d.trace.high(), d.trace.low()),
                hex(d.trace.span()),
                hex(d.trace.parent()),
                d.allowed,
                d.rule,
                d.overlookedRule,
                d.overlookedDetail,
                d.status,
                d.cluster,
                d.upstream,
                d.retries,
                d.requestBytes,
                d.responseBytes,
                duration(d.decideNanos),
                duration(d.resolveNanos),
                duration(d.connectNanos),
                duration(d.firstByteNanos),
                duration(d.totalNanos),
                d.error,
                d.detail,
                d.end);
    }

    /** Nothing when all are 0. */
    private static String hex(long... parts) {
        return Arrays.stream(parts).allMatch(part -> part == 0)
                ? ""
                : Arrays.stream(parts).mapToObj(HexFormat.of()::toHexDigits).collect(Collectors.joining());
    }

    private static @Nullable Duration duration(long nanos) {
        return nanos == Decision.NONE ? null : Duration.ofNanos(nanos);
    }
}
