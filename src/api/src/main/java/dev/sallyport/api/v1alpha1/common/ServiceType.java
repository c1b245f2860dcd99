package dev.sallyport.api.v1alpha1.common;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a proxy's Service is reached. */
public enum ServiceType {
    /** From inside the cluster. */
    @JsonProperty("ClusterIP")
    CLUSTER_IP,
    /** Also on a port of every node. */
    @JsonProperty("NodePort")
    NODE_PORT,
    /** Also through a load balancer of the cluster's provider. */
    @JsonProperty("LoadBalancer")
    LOAD_BALANCER
}
