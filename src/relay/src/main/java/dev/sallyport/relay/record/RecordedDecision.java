package dev.sallyport.relay.record;

import dev.sallyport.model.config.RoleKind;
import dev.sallyport.model.role.ProxyError;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Decision} to keep. The components mean what the fields there do; a phase that did not take place is null.
 *
 * @param path without query
 * @param query whether there was one
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

    private static @Nullable Duration duration(long nanos) {
        return nanos == Decision.NONE ? null : Duration.ofNanos(nanos);
    }
}
