package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/** Where clients reach a reverse proxy. */
@ApiType
public record Address(
        @Required @Nullable @JsonPropertyDescription("What value is: `Hostname` or `IPAddress`.")
        AddressType type,

        @Required @Nullable @JsonPropertyDescription("The host name or the IP address.")
        String value) {}
