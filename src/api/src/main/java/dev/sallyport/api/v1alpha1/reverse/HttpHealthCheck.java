package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import dev.sallyport.api.v1alpha1.common.Form;
import dev.sallyport.api.v1alpha1.common.ListSet;
import dev.sallyport.api.v1alpha1.common.Syntax;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The request of a health check: a GET without a body, sent as requests are. */
@ApiType
public record HttpHealthCheck(
        @Required @Form(Syntax.PATH) @Nullable @JsonPropertyDescription("""
                The path that is asked for, beginning with a slash, without query; by the protocol and the TLS of the Service.""")
        String path,

        @Form(Syntax.HOST) @Nullable @JsonPropertyDescription("""
                What Host says, with or without a port. Default: the endpoint's address.""")
        String host,

        @Form(Syntax.STATUSES) @ListSet @Size(min = 1, max = 16) @Nullable @JsonPropertyDescription("""
                The statuses of a healthy endpoint, such as "204" or "200-299". Default: 200-299.""")
        List<String> statuses) {}
