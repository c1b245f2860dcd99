package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import org.jspecify.annotations.Nullable;

/** The traces that requests belong to (W3C Trace Context). */
@ApiType
public record Tracing(
        @Nullable @JsonPropertyDescription("""
                Whether a trace that a client's request belongs to, as its traceparent says, goes on. With false, as for a
                public edge, each request begins a trace of its own, and the client's traceparent and tracestate are
                dropped. Default: true.""") Boolean trustClient) {}
