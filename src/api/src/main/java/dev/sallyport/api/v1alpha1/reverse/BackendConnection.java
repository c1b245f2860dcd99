package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import dev.sallyport.api.v1alpha1.common.Form;
import dev.sallyport.api.v1alpha1.common.Syntax;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import org.jspecify.annotations.Nullable;

/** How connections to endpoints are opened and kept. Durations are Gateway API durations ({@link Syntax#DURATION}). */
@ApiType
public record BackendConnection(
        @Form(Syntax.DURATION) @Nullable @JsonPropertyDescription("""
                How long connecting to an endpoint may take, as a duration from 10ms to 5m. Default: timeouts.connect of
                the proxy.""")
        String connectTimeout,

        @Form(Syntax.DURATION) @Nullable @JsonPropertyDescription("""
                How long an idle connection is kept for further requests, as a duration from 1s to 24h; 0s: not at all.
                It should be shorter than the endpoints' own, or they close what the relay is about to use.
                Default: 50s.""")
        String keepalive,

        @Min(0) @Max(1000000) @Nullable @JsonPropertyDescription("""
                After how many requests, 1 to 1000000, a connection is closed, so that a balancer in front of the
                endpoints gets to choose again; 0: no limit. Default: 0.""")
        Integer maxRequests,

        @Nullable @JsonPropertyDescription("""
                Which requests may go on a connection that served others before, and so may find it closed at that very
                moment. `Never`: none, each gets a new one. `Safe`: those that can be sent again without harm, and all
                but the first of a client's connection, whose client knows that this can happen. `Always`: all.
                Default: Safe.""") ConnectionReuse reuse,

        @Nullable @JsonPropertyDescription("""
                The version of the PROXY protocol, `V1` (text) or `V2` (binary), in which a header at the beginning of each
                connection tells the endpoint who the client is. Such a connection serves one request alone, whatever
                reuse says, and HTTP/2, whose connections clients share, is not spoken. Default: no header.""") ProxyProtocolVersion proxyProtocol) {}
