package dev.sallyport.api.v1alpha1.common;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** What Kubernetes runs for a proxy, as far as its owner may choose. */
@ApiType
@ValidationRule(
        value = "!has(self.deployment) || self.deployment != 'None'"
                + " || !(has(self.resources) || has(self.service) || has(self.networkPolicy))",
        message =
                "with deployment: None there are no relay pods that resources, service and networkPolicy could be for;"
                        + " take them away")
public record Infrastructure(
        @Nullable @JsonPropertyDescription("""
                Whether the proxy has relay pods of its own. `Managed`: a Deployment and a Service. `None`: neither; the
                proxy is for sidecars alone, which pods ask for by annotation, and spec.replicas counts nothing.
                Default: Managed.""") DeploymentMode deployment,

        @Nullable @JsonPropertyDescription("""
                CPU and memory of each relay. The CPU limit, else the request, rounded up, is also the number of the
                relay's event loops. Default: requests of 100m CPU and 128Mi memory, a limit of 512Mi memory.""") Resources resources,

        @Nullable @JsonPropertyDescription("""
                The Service in front of the relays. That of a ForwardProxy has the proxy's name; that of a ReverseProxy is called
                NAME-relay, because a proxy is often named like the Service behind it. Default: type ClusterIP.""") ServiceTemplate service,

        @Nullable @JsonPropertyDescription("""
                Whether the operator keeps a NetworkPolicy for the relay pods. `Managed`: one that lets in the proxy's
                clients (and whoever reads metrics) only. `None`: no policy; whoever reaches a relay pod may use it. A
                policy acts only where the cluster's network plugin enforces it. Default: Managed.""") NetworkPolicyMode networkPolicy) {}
