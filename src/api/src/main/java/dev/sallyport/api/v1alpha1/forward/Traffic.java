package dev.sallyport.api.v1alpha1.forward;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import dev.sallyport.api.v1alpha1.common.Form;
import dev.sallyport.api.v1alpha1.common.ListSet;
import dev.sallyport.api.v1alpha1.common.Syntax;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a rule matches: all of its conditions must hold. */
@ApiType
public record Traffic(
        @Form(value = Syntax.HOST_PATTERN, explained = false)
        @ListSet
        @Required
        @Size(min = 1, max = 256)
        @Nullable
        @JsonPropertyDescription("""
                Names of destinations. `example.com`: this name. `*.example.com`: any name below it, at any depth.
                `.example.com`: both. `*`: any name or address. `192.0.2.1`, `[2001:db8::1]`: this address, in deny also
                where a name resolves to it. Each may end with a port, such as example.com:8443, which then stands in
                for ports. Of wildcards in allow, spec.allowPublicSuffix decides.""")
        List<String> hosts,

        @ListSet @Size(min = 1, max = 64) @Nullable @JsonPropertyDescription("""
                Ports of destinations, each 1 to 65535, where the entry of hosts names none. Default: 80 and 443 in
                allow, every port in deny.""")
        List<@Min(1) @Max(65535) Integer> ports,

        @ListSet
        @Form(value = Syntax.METHOD, explained = false)
        @Size(min = 1, max = 16)
        @Nullable
        @JsonPropertyDescription("""
                Methods of requests to the proxy. HTTPS reaches the proxy as CONNECT, and the requests inside the tunnel
                cannot be seen, so all other methods match plain HTTP only. Default: every method.""")
        List<String> methods) {}
