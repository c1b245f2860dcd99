package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import dev.sallyport.api.v1alpha1.common.Syntax;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sends the requests that look like one of its matches to its backends. */
@ApiType
public record ReverseRule(
        @JsonPropertyDescription("""
                What the rule is called in records and in status; a DNS label, different from the names of the other rules.
                Default: its place, such as rules[3].""") @Pattern(Syntax.DNS_LABEL) @Size(max = 63) @Nullable
        String name,

        @JsonPropertyDescription("""
                The name of the one listener whose requests the rule takes. A name that is not among spec.listeners is refused.
                Default: the rule takes requests of every listener.""") @Size(min = 1, max = 63) @Nullable
        String listener,

        @JsonPropertyDescription("""
                What a request looks like that the rule takes; one match suffices. At most 64. Default: every request.""") @Size(min = 1, max = 64) @Nullable
        List<Match> matches,

        @JsonPropertyDescription("The Services that the requests go to, shared by weight.")
        @Required
        @Size(min = 1, max = 16)
        @Nullable
        List<BackendRef> backendRefs,

        @JsonPropertyDescription("How long a request may take.") @Nullable
        RuleTimeouts timeouts,

        @JsonPropertyDescription("When a request is tried again on another endpoint.") @Nullable
        Retry retry) {}
