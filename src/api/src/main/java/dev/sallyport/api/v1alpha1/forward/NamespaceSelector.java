package dev.sallyport.api.v1alpha1.forward;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A Kubernetes label selector over namespaces. All of its requirements must hold; one without any matches every namespace. */
@ApiType
public record NamespaceSelector(
        @JsonPropertyDescription("Labels that the namespace must have, with these values.") @Size(max = 32) @Nullable
        Map<String, String> matchLabels,

        @JsonPropertyDescription("Further requirements on the labels of the namespace.") @Size(max = 32) @Nullable
        List<LabelRequirement> matchExpressions) {}
