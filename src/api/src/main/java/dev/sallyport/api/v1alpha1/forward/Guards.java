package dev.sallyport.api.v1alpha1.forward;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import dev.sallyport.api.v1alpha1.common.ListSet;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the relay does not dial, whatever a rule allows, and where tunnels go. */
@ApiType
public record Guards(
        @Nullable @JsonPropertyDescription("""
                Addresses that are not on the public internet. The guard looks at the address that is really dialled,
                after the name was resolved. Default: all are refused.""") PrivateRanges privateRanges,

        @ListSet @Size(min = 1, max = 64) @Nullable @JsonPropertyDescription("""
                The ports, each 1 to 65535, to which tunnels may go where the allowing entry names none. Default: 443.""")
        List<@Min(1) @Max(65535) Integer> connectPorts) {}
