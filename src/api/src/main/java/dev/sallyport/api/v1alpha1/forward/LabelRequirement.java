package dev.sallyport.api.v1alpha1.forward;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import dev.sallyport.api.v1alpha1.common.ListSet;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A requirement on one label, as in a Kubernetes label selector. */
@ApiType
@ValidationRule(
        value = "(self.operator in ['In', 'NotIn']) == (has(self.values) && self.values.size() > 0)",
        message =
                "matchExpressions: values do not suit the operator; In and NotIn need values, Exists and DoesNotExist take none")
public record LabelRequirement(
        @Required @Size(min = 1, max = 317) @Nullable @JsonPropertyDescription("The label's key.")
        String key,

        @Required @Nullable @JsonPropertyDescription("""
                `In`, `NotIn`: the label's value is, or is not, among values. `Exists`, `DoesNotExist`: the label is
                there, or is not.""") LabelOperator operator,

        @ListSet
        @Size(max = 64)
        @Nullable
        @JsonPropertyDescription("The values for In and NotIn; the other operators take none.")
        List<@Size(max = 63) String> values) {}
