package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import dev.sallyport.api.v1alpha1.common.ProxyProtocol;
import org.jspecify.annotations.Nullable;

/** How a reverse proxy deals with its clients' side of a connection. */
@ApiType
public record ClientSide(
        @Nullable
        @JsonPropertyDescription(
                "The certificates that clients show on the listeners with TLS. Default: none are asked for.")
        ClientMtls mtls,

        @Nullable
        @JsonPropertyDescription("How the address of a client is found out. Default: it is the peer of the connection.")
        ClientAddress clientAddress,

        @Nullable @JsonPropertyDescription("""
                The header of the PROXY protocol, of version 1 or 2, that begins each connection of all listeners. Default:
                there is none, and a connection that begins with one is refused.""") ProxyProtocol proxyProtocol,

        @Nullable @JsonPropertyDescription("What a client may make the relay hold or wait for.")
        ClientLimits limits) {}
