package dev.sallyport.api.v1alpha1.common;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import org.jspecify.annotations.Nullable;

/** How long a relay waits on connections. Durations are Gateway API durations ({@link Syntax#DURATION}). */
@ApiType
public record Timeouts(
        @JsonPropertyDescription("""
                How long one attempt to connect to a destination may take, as a duration such as 5s or 1m30s. When all attempts
                fail by it the client gets 504. Default: 5s.""") @Pattern(Syntax.DURATION) @Nullable
        String connect,

        @JsonPropertyDescription("""
                How long a connection or a tunnel may stay without a byte in either direction before the relay closes it, as a
                duration such as 30s or 1h. Default: 5m.""") @Pattern(Syntax.DURATION) @Nullable
        String idle) {}
