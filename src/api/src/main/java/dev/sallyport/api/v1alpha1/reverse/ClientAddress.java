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

/** How the address of a client is found out. */
@ApiType
public record ClientAddress(
        @Form(Syntax.CIDR) @ListSet @Required @Size(min = 1, max = 64) @Nullable @JsonPropertyDescription("""
                Networks of proxies in front of this one whose X-Forwarded-For is believed, such as 10.0.0.0/8. The
                client is the last address in it that is in none of these networks. Forwarding fields of every other
                peer are removed.""")
        List<String> trustedCIDRs) {}
