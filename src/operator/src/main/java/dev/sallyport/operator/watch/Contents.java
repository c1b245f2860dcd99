package dev.sallyport.operator.watch;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Objects with their data, of a kind of which the caches keep metadata alone: one is read when a proxy refers to it, and
 * again when its version has changed.
 *
 * @param <T> the kind
 */
final class Contents<T extends HasMetadata> {
    private final Function<ResourceID, @Nullable T> reader;
    private final Map<ResourceID, T> known = new ConcurrentHashMap<>();

    /** @param reader asks the API server; null when the object is not there */
    Contents(Function<ResourceID, @Nullable T> reader) {
        this.reader = reader;
    }

    /** @param seen what the caches have of it */
    Optional<T> get(ResourceID id, Optional<T> seen) {
        if (seen.isEmpty()) {
            known.remove(id);
            return Optional.empty();
        }
        T memo = known.get(id);
        if (memo != null && isSameOrNewer(memo, seen.get())) {
            return Optional.of(memo);
        }
        T read = reader.apply(id);
        if (read == null) {
            known.remove(id);
        } else {
            known.put(id, read);
        }
        return Optional.ofNullable(read);
    }

    /** Nobody refers to it any more. */
    void forget(ResourceID id) {
        known.remove(id);
    }

    private static boolean isSameOrNewer(HasMetadata memo, HasMetadata seen) {
        return memo.getMetadata().getUid().equals(seen.getMetadata().getUid()) && version(memo) >= version(seen);
    }

    private static long version(HasMetadata object) {
        return Long.parseLong(object.getMetadata().getResourceVersion());
    }
}
