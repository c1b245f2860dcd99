package dev.sallyport.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/** A proxy that acts for servers: clients reach it in their place, and it picks the endpoint that answers. */
@JsonClassDescription(
        "A proxy that acts for servers: clients reach it in their place, and it picks the endpoint that answers.")
@Group("sallyport.dev")
@Version("v1alpha1")
@Kind("ReverseProxy")
@Singular("reverseproxy")
@Plural("reverseproxies")
@ShortNames("rp")
@Categories("sallyport")
@AdditionalPrinterColumn(name = "Hostnames", jsonPath = ".spec.hostnames")
@AdditionalPrinterColumn(name = "Address", jsonPath = ".status.addresses[0].value")
@AdditionalPrinterColumn(name = "Rules", jsonPath = ".status.rules.total", type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(name = "Ready", jsonPath = ".status.conditions[?(@.type==\"Ready\")].status")
@AdditionalPrinterColumn(name = "Reason", jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason", priority = 1)
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
@ValidationRule(value = ServiceName.RULE, message = ServiceName.MESSAGE)
public class ReverseProxy extends CustomResource<ReverseProxySpec, ReverseProxyStatus> implements Namespaced {
    private static final long serialVersionUID = 1L;

    @Required
    @JsonPropertyDescription("What the proxy is to be. It needs backendRefs or rules; all else has sound defaults.")
    @Override
    public @Nullable ReverseProxySpec getSpec() {
        return super.getSpec();
    }

    @JsonPropertyDescription("What the proxy is, as the operator last saw it.")
    @Override
    public @Nullable ReverseProxyStatus getStatus() {
        return super.getStatus();
    }

    @Override
    protected @Nullable ReverseProxySpec initSpec() {
        return null;
    }

    @Override
    protected @Nullable ReverseProxyStatus initStatus() {
        return null;
    }
}
