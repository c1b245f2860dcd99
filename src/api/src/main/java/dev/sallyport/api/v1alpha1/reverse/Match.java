package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import dev.sallyport.api.v1alpha1.common.ListMap;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a request looks like: all of its conditions must hold. */
@ApiType
public record Match(
        @Nullable @JsonPropertyDescription("The path of the request, without its query. Default: every path.")
        PathMatch path,

        @Nullable @JsonPropertyDescription("The method of the request. Default: every method.")
        Method method,

        @ListMap(keys = "name")
        @Size(max = 16)
        @Nullable
        @JsonPropertyDescription("Header fields of the request; all must match. Default: none.")
        List<HeaderMatch> headers) {}
