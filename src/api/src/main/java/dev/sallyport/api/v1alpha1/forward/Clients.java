package dev.sallyport.api.v1alpha1.forward;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who may use a forward proxy. */
@ApiType
public record Clients(
        @Size(max = 64) @Nullable @JsonPropertyDescription("""
                Clients beside the pods of the proxy's own namespace, which always may. They are let in by the
                NetworkPolicy, so the cluster's network plugin must enforce it. Default: none.""")
        List<ClientSource> from) {}
