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

/** A proxy that acts for clients: they ask it for destinations of their choice, and it dials those that are allowed. */
@JsonClassDescription(
        "A proxy that acts for clients: they ask it for destinations of their choice, and it dials those that are allowed.")
@Group("sallyport.dev")
@Version("v1alpha1")
@Kind("ForwardProxy")
@Singular("forwardproxy")
@Plural("forwardproxies")
@ShortNames("fp")
@Categories("sallyport")
@AdditionalPrinterColumn(name = "Mode", jsonPath = ".spec.mode")
@AdditionalPrinterColumn(name = "Rules", jsonPath = ".status.rules.total", type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(name = "Ready", jsonPath = ".status.conditions[?(@.type==\"Ready\")].status")
@AdditionalPrinterColumn(name = "Reason", jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason", priority = 1)
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
@ValidationRule(value = ServiceName.RULE, message = ServiceName.MESSAGE)
public class ForwardProxy extends CustomResource<ForwardProxySpec, ForwardProxyStatus> implements Namespaced {
    private static final long serialVersionUID = 1L;

    @Required
    @JsonPropertyDescription("What the proxy is to be. An empty spec is a proxy that denies everything.")
    @Override
    public @Nullable ForwardProxySpec getSpec() {
        return super.getSpec();
    }

    @JsonPropertyDescription("What the proxy is, as the operator last saw it.")
    @Override
    public @Nullable ForwardProxyStatus getStatus() {
        return super.getStatus();
    }

    @Override
    protected @Nullable ForwardProxySpec initSpec() {
        return null;
    }

    @Override
    protected @Nullable ForwardProxyStatus initStatus() {
        return null;
    }
}
