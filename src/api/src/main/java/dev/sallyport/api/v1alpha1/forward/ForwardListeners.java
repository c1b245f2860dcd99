package dev.sallyport.api.v1alpha1.forward;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import dev.sallyport.api.v1alpha1.common.ProxyProtocol;
import org.jspecify.annotations.Nullable;

/** The ports that a forward proxy opens. */
@ApiType
public record ForwardListeners(
        @Nullable
        @JsonPropertyDescription(
                "The port for clients that know of the proxy, by settings such as HTTPS_PROXY. Default: port 3128.")
        MixedListener mixed,

        @Nullable @JsonPropertyDescription("""
                The header of the PROXY protocol, of version 1 or 2, that begins each connection, for a proxy behind a
                balancer. Clients that come straight to the proxy's Service then find it closed. Default: there is none,
                and a connection that begins with one is refused.""") ProxyProtocol proxyProtocol) {}
