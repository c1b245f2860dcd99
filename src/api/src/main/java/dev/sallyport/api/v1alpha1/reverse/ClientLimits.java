package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import dev.sallyport.api.v1alpha1.common.Form;
import dev.sallyport.api.v1alpha1.common.Syntax;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.kubernetes.api.model.Quantity;
import org.jspecify.annotations.Nullable;

/** What a client may make the relay hold or wait for. */
@ApiType
public record ClientLimits(
        @Min(0) @Max(1000000) @Nullable @JsonPropertyDescription("""
                How many connections each listener of one relay may have open, 1 to 1000000; 0: no limit. One more is
                closed at once. Default: 20000.""")
        Integer connections,

        @Min(0) @Max(1000000) @Nullable @JsonPropertyDescription("""
                How many of these may be from one client address, or from one network of 64 bits of IPv6, 1 to 1000000;
                0: no limit. One more is closed at once. All clients behind one NAT count as one, and so do all behind a
                proxy or balancer whose PROXY protocol does not tell their addresses. Default: 0.""")
        Integer connectionsPerAddress,

        @Min(0) @Max(1000000000) @Nullable @JsonPropertyDescription("""
                The bytes a second with which the body of a request must come and a response be taken, on average and
                after some seconds of patience, 1 to 1000000000; 0: no limit. A slower body gets 408, a slower reader is
                cut off. Time in which the backend is waited for does not count, and bodies of gRPC may pause.
                Default: 500.""")
        Integer bodyMinRate,

        @Nullable @JsonPropertyDescription("""
                How large the head of a request may be, as a quantity of bytes from 1Ki to 1Mi. A larger one gets 431,
                or 414 when its first line alone is larger. Default: 32Ki.""") Quantity headerBytes,

        @Nullable @JsonPropertyDescription("""
                How large the body of a request may be, as a quantity of bytes such as 1Gi, or 0 for no limit. A larger
                one gets 413. Default: 8Mi.""") Quantity requestBody,

        @Form(Syntax.DURATION) @Nullable @JsonPropertyDescription("""
                How long the head of a request may take from its first byte to its last, as a duration from 100ms to
                10m. A slower one gets 408. Default: 10s.""")
        String headerTimeout,

        @Form(Syntax.DURATION) @Nullable @JsonPropertyDescription("""
                How long a connection may wait for its next request before it is closed, as a duration from 1s to 24h.
                Default: 60s.""")
        String idleTimeout) {}
