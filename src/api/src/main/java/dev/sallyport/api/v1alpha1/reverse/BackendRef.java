package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import dev.sallyport.api.v1alpha1.common.Form;
import dev.sallyport.api.v1alpha1.common.Syntax;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/** A port of a Service in the proxy's namespace, and its share of the requests. */
@ApiType
public record BackendRef(
        @Required @Form(Syntax.DNS_LABEL) @Nullable @JsonPropertyDescription("""
                The name of a Service in the proxy's namespace. One that is not there is reported in status, and its
                share of the requests gets 500.""")
        String name,

        @Required @Min(1) @Max(65535) @Nullable @JsonPropertyDescription("""
                The port of the Service, 1 to 65535; not the port of its pods. One that the Service does not have is
                reported in status, and its share of the requests gets 500.""")
        Integer port,

        @Min(0) @Max(1000000) @Default("1") @Nullable @JsonPropertyDescription("""
                The share of the requests, 0 to 1000000, in proportion to the weights of the other references of the
                list. With 0 it gets none; when all have 0 the request gets 500. Default: 1.""")
        Integer weight) {}
