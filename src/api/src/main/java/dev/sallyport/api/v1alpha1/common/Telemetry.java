package dev.sallyport.api.v1alpha1.common;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** What relays tell about their work. Metrics are always served. */
@ApiType
public record Telemetry(
        @Nullable
        @JsonPropertyDescription(
                "The record of each request and tunnel, written to standard output. Default: JSON lines.")
        AccessLog accessLog) {}
