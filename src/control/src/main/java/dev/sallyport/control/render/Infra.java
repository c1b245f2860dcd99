package dev.sallyport.control.render;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The objects of one proxy. All are null for one without relays of its own.
 *
 * @param role what its relays may read, the endpoints of backends; null for a forward proxy
 * @param config what its relays serve
 * @param secrets what that refers to; null for nothing
 * @param client settings for clients of a forward proxy; null for a reverse proxy
 * @param networkPolicy who may reach its relays; null where the owner wants none
 * @param disruptionBudget null for less than two relays
 */
public record Infra(
        @Nullable ServiceAccount serviceAccount,
        @Nullable Role role,
        @Nullable RoleBinding roleBinding,
        @Nullable Secret secrets,
        @Nullable ConfigMap config,
        @Nullable ConfigMap client,
        @Nullable NetworkPolicy networkPolicy,
        @Nullable Service service,
        @Nullable Deployment deployment,
        @Nullable PodDisruptionBudget disruptionBudget) {

    static final Infra NONE = new Infra(null, null, null, null, null, null, null, null, null, null);

    /** All of them, in an order in which they can be applied. */
    public List<HasMetadata> objects() {
        return Stream.<@Nullable HasMetadata>of(
                        serviceAccount,
                        role,
                        roleBinding,
                        secrets,
                        config,
                        client,
                        networkPolicy,
                        service,
                        deployment,
                        disruptionBudget)
                .<HasMetadata>mapMulti((object, out) -> {
                    if (object != null) {
                        out.accept(object);
                    }
                })
                .toList();
    }
}
