package dev.sallyport.model.config;

import dev.sallyport.model.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one object of a configuration, each to be asked for once. What is not there is an error, except where a
 * method says otherwise; so is what was there and nobody asked for.
 */
final class Fields {
    private final String path;
    private final Map<String, Json> members;
    private final Set<String> known = new LinkedHashSet<>();

    private Fields(String path, Map<String, Json> members) {
        this.path = path;
        this.members = members;
    }

    /** Makes something of an object. */
    @FunctionalInterface
    interface Maker<T> {
        T make(Fields fields) throws InvalidConfigException;
    }

    /** Makes something of an item of a list, which stands at a path. */
    @FunctionalInterface
    private interface ItemMaker<T> {
        T make(Json item, String path) throws InvalidConfigException;
    }

    /** Reads the object at {@code path}, which is empty for the outermost. */
    static <T> T read(Json object, String path, Maker<T> maker) throws InvalidConfigException {
        if (!(object instanceof Json.Members members)) {
            throw other(object, path, "must be an object");
        }
        Fields fields = new Fields(path, members.byName());
        T made = maker.make(fields);
        fields.end();
        return made;
    }

    private void end() throws InvalidConfigException {
        for (String name : members.keySet()) {
            if (!known.contains(name)) {
                throw invalid(at(name), "unknown field, known are " + names(known));
            }
        }
    }

    // ---- single values

    String text(String name) throws InvalidConfigException {
        return text(value(name), at(name));
    }

    /** Empty when it is not there. */
    String textOrEmpty(String name) throws InvalidConfigException {
        Json value = value(name);
        return value instanceof Json.Nothing ? "" : text(value, at(name));
    }

    int number(String name) throws InvalidConfigException {
        return number(value(name), at(name));
    }

    int numberOr(String name, int otherwise) throws InvalidConfigException {
        return has(name) ? number(name) : otherwise;
    }

    long longNumber(String name) throws InvalidConfigException {
        return number(value(name), at(name), Long.MIN_VALUE, Long.MAX_VALUE);
    }

    boolean flag(String name) throws InvalidConfigException {
        if (value(name) instanceof Json.Flag flag) {
            return flag.value();
        }
        throw other(value(name), at(name), "must be true or false");
    }

    boolean flagOr(String name, boolean otherwise) throws InvalidConfigException {
        return has(name) ? flag(name) : otherwise;
    }

    Duration duration(String name) throws InvalidConfigException {
        String text = text(name);
        try {
            return GatewayDuration.parse(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidConfigException(at(name) + ": " + e.getMessage(), e);
        }
    }

    Duration durationOr(String name, Duration otherwise) throws InvalidConfigException {
        return has(name) ? duration(name) : otherwise;
    }

    <E extends Enum<E>> E choice(String name, Class<E> choices) throws InvalidConfigException {
        return choice(value(name), at(name), choices);
    }

    <E extends Enum<E>> E choiceOr(String name, E otherwise) throws InvalidConfigException {
        return has(name) ? choice(name, otherwise.getDeclaringClass()) : otherwise;
    }

    <E extends Enum<E>> @Nullable E choiceOrNull(String name, Class<E> choices) throws InvalidConfigException {
        return has(name) ? choice(name, choices) : null;
    }

    <T> T object(String name, Maker<T> maker) throws InvalidConfigException {
        return read(value(name), at(name), maker);
    }

    <T> @Nullable T objectOrNull(String name, Maker<T> maker) throws InvalidConfigException {
        return has(name) ? object(name, maker) : null;
    }

    <T> T objectOr(String name, T otherwise, Maker<T> maker) throws InvalidConfigException {
        return has(name) ? object(name, maker) : otherwise;
    }

    // ---- lists, which are empty when they are not there

    <T> List<T> objects(String name, Maker<T> maker) throws InvalidConfigException {
        return list(name, (item, itemPath) -> read(item, itemPath, maker));
    }

    List<String> texts(String name) throws InvalidConfigException {
        return list(name, Fields::text);
    }

    List<Integer> numbers(String name) throws InvalidConfigException {
        return list(name, Fields::number);
    }

    <E extends Enum<E>> List<E> choices(String name, Class<E> choices) throws InvalidConfigException {
        return list(name, (item, itemPath) -> choice(item, itemPath, choices));
    }

    private <T> List<T> list(String name, ItemMaker<T> maker) throws InvalidConfigException {
        Json value = value(name);
        if (!(value instanceof Json.Items) && !(value instanceof Json.Nothing)) {
            throw invalid(at(name), "must be a list");
        }
        List<T> made = new ArrayList<>(value.items().size());
        for (Json item : value.items()) {
            made.add(maker.make(item, at(name) + "[" + made.size() + "]"));
        }
        return made;
    }

    // ---- what is wrong

    /** Something of this object as a whole does not fit. */
    InvalidConfigException invalid(String what) {
        return invalid(path, what);
    }

    static String names(Collection<?> names) {
        return names.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    private static InvalidConfigException invalid(String path, String what) {
        return new InvalidConfigException((path.isEmpty() ? "configuration" : path) + ": " + what);
    }

    private static InvalidConfigException other(Json found, String path, String wanted) {
        return invalid(path, found instanceof Json.Nothing ? "missing" : wanted);
    }

    private Json value(String name) {
        known.add(name);
        return members.getOrDefault(name, Json.NOTHING);
    }

    private boolean has(String name) {
        return !(value(name) instanceof Json.Nothing);
    }

    private String at(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private static String text(Json value, String path) throws InvalidConfigException {
        if (value instanceof Json.Text text) {
            return text.value();
        }
        throw other(value, path, "must be text");
    }

    private static int number(Json value, String path) throws InvalidConfigException {
        return (int) number(value, path, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    private static long number(Json value, String path, long least, long most) throws InvalidConfigException {
        if (!(value instanceof Json.Number(String literal, boolean whole)) || !whole) {
            throw other(value, path, "must be a whole number");
        }
        try {
            long number = Long.parseLong(literal);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // too long for any
        }
        throw invalid(path, literal + " is out of range: it must be from " + least + " to " + most);
    }

    private static <E extends Enum<E>> E choice(Json value, String path, Class<E> choices)
            throws InvalidConfigException {
        for (E choice : choices.getEnumConstants()) {
            if (choice.name().equals(value.text(""))) {
                return choice;
            }
        }
        throw other(value, path, "must be one of " + names(Arrays.asList(choices.getEnumConstants())));
    }
}
