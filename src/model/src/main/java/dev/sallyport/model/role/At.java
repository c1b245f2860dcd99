package dev.sallyport.model.role;

import dev.sallyport.model.config.InvalidConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A place in a configuration.
 *
 * @param path such as {@code forwards[0].rules[3].hosts[1]}
 */
record At(String path) {
    static final At ROOT = new At("");

    At field(String name) {
        return new At(path.isEmpty() ? name : path + "." + name);
    }

    At item(String name, int index) {
        return new At(field(name).path + "[" + index + "]");
    }

    InvalidConfigException fault(String fault) {
        return new InvalidConfigException(path + ": " + fault);
    }

    void require(boolean holds, String fault) throws InvalidConfigException {
        if (!holds) {
            throw fault(fault);
        }
    }

    /** A port from {@code lowest} to 65535. */
    void port(int port, int lowest) throws InvalidConfigException {
        require(port >= lowest && port <= 65_535, port + " is not a port: it must be from " + lowest + " to 65535");
    }

    /** What {@code parse} makes of {@code text}; its {@link IllegalArgumentException} becomes a fault of this place. */
    <T> T read(String text, Function<String, T> parse) throws InvalidConfigException {
        try {
            return parse.apply(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidConfigException(path + ": " + e.getMessage(), e);
        }
    }

    /** What {@code parse} makes of each of the texts of the list {@code name}. */
    <T> List<T> readAll(String name, List<String> texts, Function<String, T> parse) throws InvalidConfigException {
        ArrayList<T> all = new ArrayList<>(texts.size());
        for (int i = 0; i < texts.size(); i++) {
            all.add(item(name, i).read(texts.get(i), parse));
        }
        return List.copyOf(all);
    }
}
