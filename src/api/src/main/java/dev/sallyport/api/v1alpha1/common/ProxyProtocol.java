package dev.sallyport.api.v1alpha1.common;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The header of the PROXY protocol, of version 1 or 2, that begins connections and tells where they come from. */
@ApiType
public record ProxyProtocol(
        @Default("Required") @Nullable @JsonPropertyDescription("""
                `Required`: each connection begins with a header; one that does not is closed. There is no mode that takes
                both, because then clients could make up headers. Default: Required.""")
        ProxyProtocolMode mode,

        @Form(Syntax.CIDR) @ListSet @Required @Size(min = 1, max = 64) @Nullable @JsonPropertyDescription("""
                Networks of the balancers that send the header, such as 10.0.0.0/8. Connections of all other peers are
                closed. The address that a header tells is the client's in all that follows: decisions, limits, records
                and forwarding fields.""")
        List<String> trustedCIDRs) {}
