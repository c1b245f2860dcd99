package dev.sallyport.api.v1alpha1.common;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** The record of each request and tunnel. */
@ApiType
public record AccessLog(
        @Nullable @JsonPropertyDescription("`JSON`: one JSON object a line. `None`: no access log. Default: JSON.")
        AccessLogFormat format) {}
