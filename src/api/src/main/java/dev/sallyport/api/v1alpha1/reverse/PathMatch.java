package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import dev.sallyport.api.v1alpha1.common.Form;
import dev.sallyport.api.v1alpha1.common.Syntax;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/** A condition on the path of a request. */
@ApiType
public record PathMatch(
        @Default("PathPrefix") @Nullable @JsonPropertyDescription("""
                `Exact`: the path is value. `PathPrefix`: the path is value or goes on below it, by whole segments: /api
                matches /api and /api/v1 and not /apiary. Default: PathPrefix.""")
        PathMatchType type,

        @Required @Form(value = Syntax.PATH, explained = false) @Nullable @JsonPropertyDescription("""
                The path, beginning with a slash, as it stands in requests: without query and fragment, what needs it
                percent-encoded. Letter case counts. One that no request can have once its path is normalised, such as
                /a/../b, is reported in status.""")
        String value) {}
