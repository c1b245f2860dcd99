package dev.sallyport.api.v1alpha1.forward;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the rules of a forward proxy are. */
@ApiType
public record RulesStatus(
        @Nullable @JsonPropertyDescription("How many rules the proxy has: the entries of allow and of rules.")
        Integer total,

        @Size(max = 50) @Nullable @JsonPropertyDescription("At most 50 of the rules, those that are not well first.")
        List<RuleStatus> listed) {}
