package dev.sallyport.api.v1alpha1.forward;

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
        @JsonPropertyDescription("The rule's name, or its place where it has none, such as rules[3] or allow[0].")
        String name,

        @ListMap(keys = "type")
        @Size(max = 8)
        @Nullable
        @JsonPropertyDescription("What is the case with this rule: Accepted, ResolvedRefs.")
        List<Condition> conditions) {}
