package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import dev.sallyport.api.v1alpha1.common.Form;
import dev.sallyport.api.v1alpha1.common.Syntax;
import org.jspecify.annotations.Nullable;

/** How long a reverse proxy waits on connections. Durations are Gateway API durations ({@link Syntax#DURATION}). */
@ApiType
public record ReverseTimeouts(
        @Form(Syntax.DURATION) @Nullable @JsonPropertyDescription("""
                How long connecting to an endpoint may take, as a duration from 10ms to 5m. When it has passed, there is
                another try or the client gets 504. Default: 5s.""")
        String connect,

        @Form(Syntax.DURATION) @Nullable @JsonPropertyDescription("""
                How long a request, or a stream such as a WebSocket, may go without a byte in either direction before it
                is ended, as a duration from 1s to 24h. Default: 5m, or as long as timeouts.request of the rule where
                that is longer, without a limit where it is 0s; 1h on listeners of TCP and TLS.""")
        String idle,

        @Form(Syntax.DURATION) @Nullable @JsonPropertyDescription("""
                How long an upgraded connection, such as a WebSocket, or one of a listener of TCP or TLS may last however
                busy, as a duration from 1s to 720h; 0s for no limit. Default: 0s.""")
        String lifetime) {}
