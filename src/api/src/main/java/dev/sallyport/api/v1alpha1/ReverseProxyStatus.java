package dev.sallyport.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import dev.sallyport.api.v1alpha1.common.ListMap;
import dev.sallyport.api.v1alpha1.common.Relays;
import dev.sallyport.api.v1alpha1.reverse.Address;
import dev.sallyport.api.v1alpha1.reverse.RulesStatus;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.model.annotation.LabelSelector;
import io.fabric8.kubernetes.model.annotation.StatusReplicas;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a {@link ReverseProxy} is, as the operator last saw it. */
@ApiType
public record ReverseProxyStatus(
        @Nullable @JsonPropertyDescription("The metadata.generation that this status is about.")
        Long observedGeneration,

        @ListMap(keys = "type") @Size(max = 8) @Nullable @JsonPropertyDescription("""
                What is the case. `Accepted`: the object makes sense. `ResolvedRefs`: all that it refers to was found.
                `Programmed`: every ready relay serves it. `Ready`: the summary. `Reconciling` and `Stalled` are there
                only while true.""")
        List<Condition> conditions,

        @Size(max = 16) @Nullable @JsonPropertyDescription("""
                Where clients reach the proxy: its load balancer's addresses where it has one, else the name of its
                Service.""")
        List<Address> addresses,

        @Nullable @JsonPropertyDescription("How many relays there are, by what they can do.")
        Relays relays,

        @Nullable @JsonPropertyDescription("""
                How many relays in the pods of applications there are, by what they can do; the conditions are not about these.""") Relays sidecars,

        @LabelSelector @Nullable @JsonPropertyDescription("The label selector of the relay pods, for autoscalers.")
        String selector,

        @StatusReplicas @Nullable @JsonPropertyDescription("How many relay pods there are, for autoscalers.")
        Integer replicas,

        @Nullable @JsonPropertyDescription("How the rules are.")
        RulesStatus rules) {}
