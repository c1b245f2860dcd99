package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import dev.sallyport.api.v1alpha1.common.Form;
import dev.sallyport.api.v1alpha1.common.Syntax;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** A condition on one header field of a request. */
@ApiType
public record HeaderMatch(
        @Default("Exact") @Nullable @JsonPropertyDescription("`Exact`: the field's value is value. Default: Exact.")
        HeaderMatchType type,

        @Required
        @Form(value = Syntax.FIELD_NAME, explained = false)
        @Nullable
        @JsonPropertyDescription(
                "The field's name. Letter case does not count; of two conditions on one field only the first counts.")
        String name,

        @Required @Size(min = 1, max = 4096) @Nullable @JsonPropertyDescription("""
                What the field's value must be; letter case counts. A field that a request has several times is compared
                as one value with `, ` between.""")
        String value) {}
