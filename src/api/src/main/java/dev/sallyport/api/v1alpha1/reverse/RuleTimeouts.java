package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import dev.sallyport.api.v1alpha1.common.Syntax;
import io.fabric8.generator.annotation.Pattern;
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
        @JsonPropertyDescription("""
                From the request's arrival to the head of its answer, all attempts together, as a duration such as 10s or 1m30s;
                0s for no limit. Then the client gets 504. Default: 30s.""") @Pattern(Syntax.DURATION) @Nullable
        String request,

        @JsonPropertyDescription("""
                The same for one attempt at one endpoint, at most as long as request; 0s for no limit of its own. Then the
                client gets 504. Default: 0s.""") @Pattern(Syntax.DURATION) @Nullable
        String backendRequest) {}
