package dev.sallyport.api.v1alpha1.forward;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import dev.sallyport.api.v1alpha1.common.Form;
import dev.sallyport.api.v1alpha1.common.Syntax;
import org.jspecify.annotations.Nullable;

/** How long a forward proxy waits. Durations are Gateway API durations ({@link Syntax#DURATION}). */
@ApiType
public record ForwardTimeouts(
        @Form(Syntax.DURATION) @Nullable @JsonPropertyDescription("""
                How long connecting to a destination may take, over all of its addresses, as a duration from 10ms to 5m.
                When it has passed, the client gets 504. Default: 5s.""")
        String connect,

        @Form(Syntax.DURATION) @Nullable @JsonPropertyDescription("""
                How long a request or a tunnel may go without a byte in either direction before it is ended, as a
                duration from 1s to 24h. Default: 5m.""")
        String idle,

        @Form(Syntax.DURATION) @Nullable @JsonPropertyDescription("""
                How long a tunnel may last, however busy, as a duration from 1s to 720h; 0s for no limit. Default: 0s.""")
        String lifetime) {}
