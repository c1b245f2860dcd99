package dev.sallyport.api.v1alpha1.forward;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import dev.sallyport.api.v1alpha1.common.Form;
import dev.sallyport.api.v1alpha1.common.ListSet;
import dev.sallyport.api.v1alpha1.common.Syntax;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The guard of addresses that are not on the public internet. */
@ApiType
public record PrivateRanges(
        @Nullable @JsonPropertyDescription("""
                Whether addresses that are not on the public internet are refused: private, shared (CGNAT), loopback,
                link-local with the cloud's metadata service, multicast, reserved, documentation, and IPv6 addresses
                that carry such an IPv4 address. False opens all of them but the relay itself; name what is needed in
                except instead. Default: true.""") Boolean deny,

        @Form(Syntax.CIDR_WITH_PORT) @ListSet @Size(max = 256) @Nullable @JsonPropertyDescription("""
                Networks that may be dialled all the same, where a rule allows the name; with a port, on this port only.
                Such as 10.1.2.3/32:8443, 10.8.0.0/16 or [fd00:1::/32]:443. Default: none.""")
        List<String> except) {}
