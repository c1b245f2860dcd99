package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import org.jspecify.annotations.Nullable;

/** How the health of endpoints is found out. An unhealthy one gets no requests while a healthy one is left. */
@ApiType
public record HealthCheck(
        @Nullable @JsonPropertyDescription("""
                Checks of the relay's own, sent to each endpoint by each relay. Default: none; Kubernetes' readiness probes
                count in any case.""") ActiveHealthCheck active,

        @Nullable
        @JsonPropertyDescription("What clients' requests tell about an endpoint. It is on unless switched off.")
        PassiveHealthCheck passive) {}
