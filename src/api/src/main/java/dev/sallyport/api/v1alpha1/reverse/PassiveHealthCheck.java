package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import dev.sallyport.api.v1alpha1.common.Form;
import dev.sallyport.api.v1alpha1.common.Syntax;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import org.jspecify.annotations.Nullable;

/**
 * What clients' requests tell about an endpoint: one that refuses or breaks connections, does not respond in time or answers 5xx is
 * ejected for a time. Durations are Gateway API durations ({@link Syntax#DURATION}).
 */
@ApiType
public record PassiveHealthCheck(
        @Min(0) @Max(1000) @Nullable @JsonPropertyDescription("""
                After how many errors in a row, 1 to 1000, an endpoint is ejected; 0: it never is. Default: 5.""")
        Integer consecutiveErrors,

        @Form(Syntax.DURATION) @Nullable @JsonPropertyDescription("""
                How long an endpoint is ejected, times the number of its ejections in a row, as a duration from 100ms to
                1h. Default: 10s.""")
        String baseEjection,

        @Min(1) @Max(100) @Nullable @JsonPropertyDescription("""
                The share of the endpoints, 1 to 100 percent, that may be ejected at a time; one may be in any case.
                Default: 50.""")
        Integer maxEjectionPercent) {}
