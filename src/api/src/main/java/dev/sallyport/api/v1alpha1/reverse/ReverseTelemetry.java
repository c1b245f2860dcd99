package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.AccessLog;
import dev.sallyport.api.v1alpha1.common.ApiType;
import org.jspecify.annotations.Nullable;

/** What relays tell about their work, in records and in what they send on. Metrics are always served. */
@ApiType
public record ReverseTelemetry(
        @Nullable
        @JsonPropertyDescription(
                "The record of each request and tunnel, written to standard output. Default: JSON lines.")
        AccessLog accessLog,

        @Nullable @JsonPropertyDescription("The traces that requests belong to (W3C Trace Context).")
        Tracing tracing) {}
