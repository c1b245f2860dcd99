package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import dev.sallyport.api.v1alpha1.common.Form;
import dev.sallyport.api.v1alpha1.common.Syntax;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** How long a request may take. Durations are Gateway API durations ({@link Syntax#DURATION}). */
@ApiType
@ValidationRule(
        value = "!has(self.request) || !has(self.backendRequest) || duration(self.request) == duration('0s')"
                + " || duration(self.backendRequest) <= duration(self.request)",
        fieldPath = ".backendRequest",
        message =
                "timeouts.backendRequest: is longer than timeouts.request, of which it is a part; make it at most as long")
public record RuleTimeouts(
        @Form(Syntax.DURATION) @Nullable @JsonPropertyDescription("""
                From the head of the request to the end of its response, all tries together, as a duration from 1ms to
                24h; 0s for no limit. When it has passed, the client gets 504, or the response is cut. What is given here
                holds for streams too: gRPC (requests of type application/grpc) and server-sent events (responses of
                type text/event-stream). It never holds for upgraded connections. Default: 30s, and no limit for
                streams.""")
        String request,

        @Form(Syntax.DURATION) @Nullable @JsonPropertyDescription("""
                From the start of one try at one endpoint to the head of its response, as a duration at most as long as
                request; 0s for no limit of its own. When it has passed, there is another try or the client gets 504.
                Default: 0s.""")
        String backendRequest) {}
