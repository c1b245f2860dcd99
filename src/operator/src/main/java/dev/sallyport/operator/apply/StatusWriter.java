package dev.sallyport.operator.apply;

import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes the status of one kind, when it changed. It goes past the framework's own status update, which takes a spec
 * edit that lands meanwhile for an echo of the update and drops it.
 *
 * @param <P> the kind
 * @param <S> its status
 */
public final class StatusWriter<P extends CustomResource<?, S>, S> {
    private static final PatchContext APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager(Children.FIELD_MANAGER)
            .withForce(true)
            .build();

    private final KubernetesClient client;
    private final Supplier<P> empty;
    private final Map<String, Written<S>> written = new ConcurrentHashMap<>();

    /**
     * @param client may patch the status subresource
     * @param empty makes an object of the kind with nothing in it
     */
    public StatusWriter(KubernetesClient client, Supplier<P> empty) {
        this.client = client;
        this.empty = empty;
    }

    /** The newest status of {@code proxy} that is known: the given one, or what was written after it. */
    public @Nullable S current(P proxy) {
        Written<S> last = written.get(proxy.getMetadata().getUid());
        return last != null && last.version >= versionOf(proxy) ? last.status : proxy.getStatus();
    }

    /** Writes {@code status} unless it is the current one. */
    public void write(P proxy, S status) {
        if (Objects.equals(status, current(proxy))) {
            return;
        }
        P patch = empty.get();
        patch.getMetadata().setNamespace(proxy.getMetadata().getNamespace());
        patch.getMetadata().setName(proxy.getMetadata().getName());
        patch.getMetadata().setUid(proxy.getMetadata().getUid());
        patch.setStatus(status);
        P now = client.resource(patch).subresource("status").patch(APPLY);
        written.put(proxy.getMetadata().getUid(), new Written<>(versionOf(now), status));
    }

    /** Forgets an object that is gone. */
    public void forget(String uid) {
        written.remove(uid);
    }

    private static long versionOf(CustomResource<?, ?> object) {
        return Long.parseLong(object.getMetadata().getResourceVersion());
    }

    private record Written<S>(long version, S status) {}
}
