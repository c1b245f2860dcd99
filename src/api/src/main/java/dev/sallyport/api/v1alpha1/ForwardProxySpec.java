package dev.sallyport.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import dev.sallyport.api.v1alpha1.common.Drain;
import dev.sallyport.api.v1alpha1.common.Form;
import dev.sallyport.api.v1alpha1.common.Infrastructure;
import dev.sallyport.api.v1alpha1.common.ListSet;
import dev.sallyport.api.v1alpha1.common.Syntax;
import dev.sallyport.api.v1alpha1.common.Telemetry;
import dev.sallyport.api.v1alpha1.forward.Clients;
import dev.sallyport.api.v1alpha1.forward.Disclosure;
import dev.sallyport.api.v1alpha1.forward.ForwardListeners;
import dev.sallyport.api.v1alpha1.forward.ForwardRule;
import dev.sallyport.api.v1alpha1.forward.ForwardTimeouts;
import dev.sallyport.api.v1alpha1.forward.Guards;
import dev.sallyport.api.v1alpha1.forward.Mode;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.model.annotation.SpecReplicas;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a {@link ForwardProxy} is to be. */
@ApiType
@ValidationRule(value = RuleNames.RULE, fieldPath = ".rules", message = RuleNames.MESSAGE)
public record ForwardProxySpec(
        @Default("Enforce") @Nullable @JsonPropertyDescription("""
                `Enforce`: what is not allowed is refused. `Report`: it is let through, and recorded with the rule that
                would have refused it; guards and clients hold all the same. Default: Enforce.""")
        Mode mode,

        @SpecReplicas
        @Min(0)
        @Default("2")
        @Nullable
        @JsonPropertyDescription("How many relay pods to run; also set by `kubectl scale`. Default: 2.")
        Integer replicas,

        @Nullable @JsonPropertyDescription("What Kubernetes runs for the proxy.")
        Infrastructure infrastructure,

        @Nullable @JsonPropertyDescription("The ports that the proxy opens. Default: port 3128 for HTTP and CONNECT.")
        ForwardListeners listeners,

        @Nullable @JsonPropertyDescription("Who may use the proxy. Default: the pods of its namespace.")
        Clients clients,

        @Form(Syntax.HOST_PATTERN) @ListSet @Size(max = 1000) @Nullable @JsonPropertyDescription("""
                Destinations to allow, in short: a name pattern, with a port or else for the ports 80 and 443.
                `example.com`: this name. `*.example.com`: any name below it, at any depth. `.example.com`: both. `*`:
                any name or address, an open proxy. `192.0.2.1`, `[2001:db8::1]`: this address, where a client asks for
                it by number. A wildcard on the suffix of a registry, such as `*.co.uk`, allows nothing unless
                allowPublicSuffix is true. Default: none; what no entry and no rule allows is refused.""")
        List<String> allow,

        @Size(max = 1000) @Nullable @JsonPropertyDescription("""
                Rules beside allow. Deny wins over allow whatever the order; of several rules that decide alike, the
                first is the one that records name. A rule that cannot be used is reported in status and the others go
                on: if it allows it lets nothing through, if it denies it refuses all that the rest of its conditions
                match. At most 1000. Default: none.""")
        List<ForwardRule> rules,

        @Nullable @JsonPropertyDescription("What the proxy does not dial, whatever a rule allows.")
        Guards guards,

        @Nullable @JsonPropertyDescription("""
                Whether wildcards on the suffixes of registries, such as `*.co.uk`, are taken, and those on domains whose
                owners give names to others, such as `*.github.io`, are taken without a warning. Default: false; a rule
                with one of the former is not accepted.""") Boolean allowPublicSuffix,

        @Nullable @JsonPropertyDescription("""
                What destinations of plain HTTP requests are told about the client. `Anonymous`: nothing; fields that
                would tell are removed. `Transparent`: its address and that there is a proxy, by X-Forwarded-For,
                Forwarded and Via. Tunnels tell nothing either way. Default: Anonymous.""") Disclosure disclosure,

        @Nullable @JsonPropertyDescription("How long the relay waits on connections.")
        ForwardTimeouts timeouts,

        @Nullable @JsonPropertyDescription("What relays tell about their work. Metrics are always served.")
        Telemetry telemetry,

        @Nullable @JsonPropertyDescription("How a relay ends, so that no request and no tunnel is cut without need.")
        Drain drain) {}
