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
        @Size(max = 32) @Nullable @JsonPropertyDescription("Labels that the namespace must have, with these values.")
        Map<String, String> matchLabels,

        @Size(max = 32) @Nullable @JsonPropertyDescription("Further requirements on the labels of the namespace.")
        List<LabelRequirement> matchExpressions) {}
