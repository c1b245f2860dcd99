package dev.sallyport.operator.apply;

import dev.sallyport.control.render.Copies;
import dev.sallyport.control.status.Observed.Failure;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.HttpURLConnection;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The objects that a proxy owns. Each is applied whole, by server-side apply, so that fields of others stay theirs; it
 * is applied again only when it or what is wanted of it changed since. What is no longer wanted is deleted.
 */
public final class Children {
    /** The manager of every field that the operator writes. */
    public static final String FIELD_MANAGER = "sallyport-operator";

    private final KubernetesClient client;
    private final Map<Key, Applied> applied = new ConcurrentHashMap<>();

    public Children(KubernetesClient client) {
        this.client = client;
    }

    /**
     * Applies {@code wanted} and deletes what {@code owner} has besides. A child that fails does not hold up the others.
     *
     * @param owner the proxy; every wanted object names it as its controller, or is a copy for it
     * @param wanted what should be there
     * @param present what the caches have under the owner's labels; metadata is enough
     */
    public List<Failure> apply(
            HasMetadata owner, Collection<? extends HasMetadata> wanted, Collection<? extends HasMetadata> present) {
        String uid = owner.getMetadata().getUid();
        Map<Key, HasMetadata> others = new HashMap<>();
        present.forEach(child -> others.put(Key.of(child), child));
        List<Failure> failures = new ArrayList<>();
        for (HasMetadata child : wanted) {
            Key key = Key.of(child);
            try {
                apply(key, child, others.remove(key), uid, failures);
            } catch (KubernetesClientException e) {
                failures.add(new Failure(key.toString(), false, message(e)));
            }
        }
        others.forEach((key, child) -> {
            if (isOwnedBy(child, uid) && !child.isMarkedForDeletion()) {
                delete(key, child, failures);
            }
        });
        return failures;
    }

    /** Forgets what was applied for an owner that is gone. */
    public void forget(String ownerUid) {
        applied.values().removeIf(memo -> memo.owner.equals(ownerUid));
    }

    private void apply(
            Key key, HasMetadata wanted, @Nullable HasMetadata present, String owner, List<Failure> failures) {
        String content = digest(wanted);
        Applied memo = applied.get(key);
        if (present != null && memo != null && memo.covers(present, owner, content)) {
            return;
        }
        HasMetadata existing = present == null ? client.resource(wanted).get() : present;
        if (existing != null && !isOwnedBy(existing, owner)) {
            failures.add(new Failure(
                    key.toString(),
                    true,
                    key + " exists and does not belong to this proxy: rename the proxy, or delete that object"));
            return;
        }
        HasMetadata now = client.resource(wanted)
                .fieldManager(FIELD_MANAGER)
                .forceConflicts()
                .serverSideApply();
        applied.put(key, new Applied(owner, now.getMetadata().getUid(), versionOf(now), content));
    }

    private void delete(Key key, HasMetadata child, List<Failure> failures) {
        try {
            client.resource(child).lockResourceVersion().delete();
        } catch (KubernetesClientException e) {
            // A conflict is a newer version, whose event brings this proxy here again.
            if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND && e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                failures.add(new Failure(key.toString(), false, message(e)));
            }
        }
        applied.remove(key);
    }

    private static boolean isOwnedBy(HasMetadata child, String uid) {
        return Copies.ownerUid(child).filter(uid::equals).isPresent()
                || child.getMetadata().getOwnerReferences().stream()
                        .anyMatch(reference ->
                                Boolean.TRUE.equals(reference.getController()) && uid.equals(reference.getUid()));
    }

    private static String message(KubernetesClientException e) {
        return e.getStatus() == null || e.getStatus().getMessage() == null
                ? String.valueOf(e.getMessage())
                : e.getStatus().getMessage();
    }

    private static long versionOf(HasMetadata object) {
        return Long.parseLong(object.getMetadata().getResourceVersion());
    }

    private static String digest(HasMetadata object) {
        try {
            byte[] json = Serialization.jsonMapper().writeValueAsBytes(object);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(json));
        } catch (com.fasterxml.jackson.core.JsonProcessingException | NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private record Key(String kind, String namespace, String name) {
        static Key of(HasMetadata object) {
            return new Key(
                    object.getKind(),
                    object.getMetadata().getNamespace(),
                    object.getMetadata().getName());
        }

        @Override
        public String toString() {
            return kind + " " + name;
        }
    }

    /** The version that a child had right after {@code content} was applied to it. */
    private record Applied(String owner, String uid, long version, String content) {
        /** Whether applying the same content to this child, or to an older sight of it, would change nothing. */
        boolean covers(HasMetadata child, String owner, String content) {
            return this.owner.equals(owner)
                    && uid.equals(child.getMetadata().getUid())
                    && versionOf(child) <= version
                    && this.content.equals(content);
        }
    }
}
