package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import dev.sallyport.api.v1alpha1.common.ListMap;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How one rule is. */
@ApiType
public record RuleStatus(
        @Required
        @Nullable
        @JsonPropertyDescription("The rule's name, or its place where it has none, such as rules[3] or backendRefs.")
        String name,

        @Nullable
        @JsonPropertyDescription("How many endpoints of the rule's Services are ready, of how many, such as 5/6.")
        String endpoints,

        @ListMap(keys = "type")
        @Size(max = 8)
        @Nullable
        @JsonPropertyDescription("What is the case with this rule: Accepted, ResolvedRefs.")
        List<Condition> conditions) {}
