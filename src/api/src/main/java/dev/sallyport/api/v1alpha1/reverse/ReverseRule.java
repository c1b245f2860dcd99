package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import dev.sallyport.api.v1alpha1.common.Form;
import dev.sallyport.api.v1alpha1.common.Syntax;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sends the requests that look like one of its matches to its backends. */
@ApiType
public record ReverseRule(
        @Form(Syntax.DNS_LABEL) @Nullable @JsonPropertyDescription("""
                What the rule is called in records and in status; a DNS label, different from the names of the other
                rules. Default: its place, such as rules[3].""")
        String name,

        @Size(min = 1, max = 63) @Nullable @JsonPropertyDescription("""
                The name of the one listener whose requests the rule takes, or whose connections where it is one of TCP or
                TLS. A name that is not among spec.listeners is refused. Default: the rule takes requests of every
                listener that serves requests.""")
        String listener,

        @Form(value = Syntax.HOSTNAME, explained = false)
        @Size(min = 1, max = 16)
        @Nullable
        @JsonPropertyDescription("""
                The server names that the rule takes, on a listener of TLS: names such as shop.example.com, or wildcards
                such as `*.example.com` for any name below one, at any depth. An exact name goes before the longest
                wildcard, and this before a rule without hostnames. Default: those that no other rule takes, and
                connections that ask for none.""")
        List<String> hostnames,

        @Size(min = 1, max = 64) @Nullable @JsonPropertyDescription("""
                What a request looks like that the rule takes; one match suffices. At most 64. Default: every request.""")
        List<Match> matches,

        @Required
        @Size(min = 1, max = 16)
        @Nullable
        @JsonPropertyDescription("The Services that the requests go to, shared by weight.")
        List<BackendRef> backendRefs,

        @Nullable @JsonPropertyDescription("How long a request may take.")
        RuleTimeouts timeouts,

        @Nullable @JsonPropertyDescription("When a request is tried again on another endpoint.")
        Retry retry) {}
