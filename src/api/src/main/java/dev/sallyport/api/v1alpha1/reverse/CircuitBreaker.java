package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import dev.sallyport.api.v1alpha1.common.Form;
import dev.sallyport.api.v1alpha1.common.Syntax;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import org.jspecify.annotations.Nullable;

/** The most that one relay asks of a Service at a time. Durations are Gateway API durations ({@link Syntax#DURATION}). */
@ApiType
public record CircuitBreaker(
        @Min(0) @Max(1000000) @Nullable @JsonPropertyDescription("""
                How many connections may be open, 1 to 1000000; 0: no limit. What needs one more waits. Default: 0.""")
        Integer connections,

        @Min(0) @Max(1000000) @Nullable @JsonPropertyDescription("""
                How many requests may wait for a connection or for their turn, 1 to 1000000; 0: no limit. One more gets
                503. Default: 1024.""")
        Integer pendingRequests,

        @Min(0) @Max(1000000) @Nullable @JsonPropertyDescription("""
                How many requests may run, 1 to 1000000; 0: no limit. What is beyond waits. Default: 0.""")
        Integer parallelRequests,

        @Form(Syntax.DURATION) @Nullable @JsonPropertyDescription("""
                How long a request may wait, as a duration from 1ms to 5m. When it has passed, the client gets 503.
                Default: 2s.""")
        String queueTimeout) {}
