package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import dev.sallyport.api.v1alpha1.common.Form;
import dev.sallyport.api.v1alpha1.common.Syntax;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/** How a reverse proxy behaves as a client of a Service. */
@ApiType
public record Backend(
        @Required @Form(Syntax.DNS_LABEL_OR_ALL) @Nullable @JsonPropertyDescription("""
                The name of a Service that backendRefs name, or `*` for all of them. What the entry of a Service leaves
                out is as in the entry of `*`; each of the fields beside name is taken whole from one of the two.""")
        String name,

        @Nullable @JsonPropertyDescription("How an endpoint of the Service is chosen for each request.")
        LoadBalancer loadBalancer,

        @Nullable @JsonPropertyDescription("""
                What the relay speaks with the endpoints. `HTTP11`: HTTP/1.1. `HTTP2`: HTTP/2 over TLS and nothing else, so
                that requests to an endpoint that does not agree to it in the handshake (ALPN) get 502; tls is required. `H2C`:
                HTTP/2 without TLS, as gRPC needs it; not together with tls. Default: with tls, HTTP/2 or HTTP/1.1 as each
                endpoint chooses in the handshake, HTTP2 where appProtocol of the Service's port is `grpc`, and HTTP11
                where it is `kubernetes.io/wss`; without, H2C where it is `kubernetes.io/h2c` or `grpc`, else HTTP11. With
                `connection.proxyProtocol`: HTTP11.""") BackendProtocol protocol,

        @Nullable @JsonPropertyDescription("""
                TLS to the endpoints of the Service, for requests; connections that are passed through stay as they are.
                Required where appProtocol of the Service's port is `https` or `kubernetes.io/wss`, unless protocol says
                what is spoken without: else requests get 500, and status says so. Default: none, plain HTTP.""") BackendTls tls,

        @Nullable @JsonPropertyDescription("How the health of the endpoints is found out.")
        HealthCheck healthCheck,

        @Nullable @JsonPropertyDescription("The most that one relay asks of the Service at a time.")
        CircuitBreaker circuitBreaker,

        @Nullable @JsonPropertyDescription("How connections to the endpoints are opened and kept.")
        BackendConnection connection) {}
