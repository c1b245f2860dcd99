package dev.sallyport.model.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A list that JSON leaves out is an empty one. */
final class Lists {
    private Lists() {}

    static <T> List<T> copy(@Nullable List<T> list) {
        return list == null ? List.of() : List.copyOf(list);
    }
}
