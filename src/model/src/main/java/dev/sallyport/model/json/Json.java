package dev.sallyport.model.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value (RFC 8259). Reading is strict: UTF-8, names of an object once each, nothing behind the value; nesting and
 * numbers are bounded.
 */
public sealed interface Json {
    /** Configurations nest about ten deep, and so do Kubernetes' objects. */
    int MAX_DEPTH = 32;

    int MAX_NUMBER_LENGTH = 32;

    /** An object, its members in the order in which they stood. */
    record Members(Map<String, Json> byName) implements Json {}

    /** An array. */
    record Items(List<Json> all) implements Json {}

    record Text(String value) implements Json {}

    /**
     * A number as it was written.
     *
     * @param whole whether it has neither fraction nor exponent
     */
    record Number(String literal, boolean whole) implements Json {}

    record Flag(boolean value) implements Json {}

    /** {@code null}, and what is not there. */
    record Nothing() implements Json {}

    /** The one that there is. */
    Nothing NOTHING = new Nothing();

    /**
     * Reads one value; nothing at all is {@link #NOTHING}.
     *
     * @throws MalformedJsonException when it is no JSON, which says where
     */
    static Json read(byte[] utf8) throws MalformedJsonException {
        try (JsonParser parser = Parsers.FACTORY.createParser(utf8)) {
            Json value = parser.nextToken() == null ? NOTHING : value(parser);
            if (parser.nextToken() != null) {
                throw new MalformedJsonException("more follows the value" + place(parser.currentTokenLocation()));
            }
            return value;
        } catch (JsonEOFException e) {
            throw new MalformedJsonException("it ends too early" + place(e.getLocation()));
        } catch (JsonProcessingException e) {
            throw new MalformedJsonException(e.getOriginalMessage() + place(e.getLocation()));
        } catch (IOException e) {
            throw new MalformedJsonException(String.valueOf(e.getMessage()));
        }
    }

    private static Json value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, Json> members = new LinkedHashMap<>();
                for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                    parser.nextToken();
                    members.put(name, value(parser));
                }
                yield new Members(Collections.unmodifiableMap(members));
            }
            case START_ARRAY -> {
                List<Json> items = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(value(parser));
                }
                yield new Items(Collections.unmodifiableList(items));
            }
            case VALUE_STRING -> new Text(parser.getText());
            case VALUE_NUMBER_INT -> new Number(parser.getText(), true);
            case VALUE_NUMBER_FLOAT -> new Number(parser.getText(), false);
            case VALUE_TRUE -> new Flag(true);
            case VALUE_FALSE -> new Flag(false);
            default -> NOTHING;
        };
    }

    private static String place(@Nullable JsonLocation place) {
        return place == null ? "" : " at line " + place.getLineNr() + ", column " + place.getColumnNr();
    }

    // ---- for readers that overlook what they do not know

    /** The member of that name; {@link #NOTHING} when it is not there or this is no object. */
    default Json at(String name) {
        return this instanceof Members members ? members.byName().getOrDefault(name, NOTHING) : NOTHING;
    }

    /** The items of an array; none when this is no array. */
    default List<Json> items() {
        return this instanceof Items items ? items.all() : List.of();
    }

    /** The text; {@code otherwise} when this is none. */
    default String text(String otherwise) {
        return this instanceof Text text ? text.value() : otherwise;
    }

    /** The whole number; {@code otherwise} when this is none, or none that fits. */
    default int number(int otherwise) {
        if (this instanceof Number(String literal, boolean whole) && whole) {
            try {
                return Integer.parseInt(literal);
            } catch (NumberFormatException e) {
                return otherwise;
            }
        }
        return otherwise;
    }

    /** Whether this is true; {@code otherwise} when it is neither true nor false. */
    default boolean flag(boolean otherwise) {
        return this instanceof Flag flag ? flag.value() : otherwise;
    }

    /** Apart, so that it is made only when something is read. */
    final class Parsers {
        private static final JsonFactory FACTORY = JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .maxNumberLength(MAX_NUMBER_LENGTH)
                        .build())
                .build();

        private Parsers() {}
    }
}
