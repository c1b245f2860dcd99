package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import dev.sallyport.api.v1alpha1.common.Form;
import dev.sallyport.api.v1alpha1.common.Syntax;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import org.jspecify.annotations.Nullable;

/** Checks that each relay sends to each endpoint. Durations are Gateway API durations ({@link Syntax#DURATION}). */
@ApiType
public record ActiveHealthCheck(
        @Nullable
        @JsonPropertyDescription(
                "The request to send. Default: none; to connect is enough, TLS included where it is spoken.")
        HttpHealthCheck http,

        @Form(Syntax.DURATION) @Nullable @JsonPropertyDescription("""
                How long from one check of an endpoint to its next, as a duration from 100ms to 1h. Default: 5s.""")
        String interval,

        @Form(Syntax.DURATION) @Nullable @JsonPropertyDescription("""
                How long a check may take, as a duration from 10ms to 5m; one that takes longer has failed. Default: 2s.""")
        String timeout,

        @Min(1) @Max(100) @Nullable @JsonPropertyDescription("""
                How many checks in a row, 1 to 100, fail until an endpoint counts as unhealthy. Default: 3.""")
        Integer unhealthyThreshold,

        @Min(1) @Max(100) @Nullable @JsonPropertyDescription("""
                How many checks in a row, 1 to 100, succeed until an unhealthy endpoint counts as healthy. Default: 1.""")
        Integer healthyThreshold) {}
