package dev.sallyport.model.config;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.exc.InvalidNullException;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/** A {@link RelayConfig} as JSON. Equal configurations give equal bytes. */
public final class RelayConfigCodec {
    /** The form that {@link #write} gives. */
    public static final int FORMAT = 1;

    /** The forms that {@link #read} takes, which a relay reports on {@code /config}. */
    public static final List<Integer> FORMATS = List.of(1);

    /** The name of the file in a relay's configuration directory. */
    public static final String FILE = "relay.json";

    /** A configuration nests about ten deep. */
    private static final int MAX_DEPTH = 32;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(32)
                            .build())
                    .build())
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(LogicalType.Textual, textual -> {
                textual.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
                textual.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
                textual.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
            })
            // What JSON leaves out is an error, unless its component says otherwise; so is null.
            .defaultSetterInfo(JsonSetter.Value.forValueNulls(Nulls.FAIL, Nulls.FAIL))
            .withConfigOverride(
                    List.class, list -> list.setSetterInfo(JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY, Nulls.FAIL)))
            .addModule(new SimpleModule()
                    .addSerializer(Duration.class, new DurationWriter())
                    .addDeserializer(Duration.class, new DurationReader()))
            .build();

    private RelayConfigCodec() {}

    /** The canonical bytes of {@code config}, UTF-8, ending with a line feed. */
    public static byte[] write(RelayConfig config) {
        try {
            byte[] json = MAPPER.writeValueAsBytes(config);
            byte[] lines = Arrays.copyOf(json, json.length + 1);
            lines[json.length] = '\n';
            return lines;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Reads what {@link #write} wrote. It does not judge whether the parts fit each other. A field that is missing is an
     * error, except a list and the components that say so by {@code @JsonSetter(nulls = Nulls.SET)}.
     *
     * @throws InvalidConfigException with the path of what was wrong
     */
    public static RelayConfig read(byte[] json) throws InvalidConfigException {
        try {
            JsonNode format = MAPPER.readTree(json).path("format");
            if (!format.isInt() || !FORMATS.contains(format.intValue())) {
                throw new InvalidConfigException(
                        "format: " + (format.isMissingNode() ? "missing" : format + " is not known")
                                + ", this relay reads "
                                + FORMATS.stream().map(String::valueOf).collect(Collectors.joining(", ")));
            }
            return MAPPER.readValue(json, RelayConfig.class);
        } catch (JsonMappingException e) {
            throw new InvalidConfigException(path(e) + ": " + fault(e), e);
        } catch (JsonEOFException e) {
            throw new InvalidConfigException("not JSON: it ends too early" + place(e), e);
        } catch (JsonProcessingException e) {
            throw new InvalidConfigException("not JSON: " + e.getOriginalMessage() + place(e), e);
        } catch (IOException e) {
            throw new InvalidConfigException("not JSON: " + e.getMessage(), e);
        }
    }

    /** The name of a configuration's content: SHA-256 of its bytes in lower-case hexadecimal, cut to 16 digits. */
    public static String hash(byte[] json) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(json);
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String fault(JsonMappingException e) {
        return switch (e) {
            case InvalidNullException missing -> "missing";
            case UnrecognizedPropertyException unknown ->
                "unknown field, known are " + names(unknown.getKnownPropertyIds());
            case InvalidTypeIdException unknown -> {
                JsonSubTypes subtypes = unknown.getBaseType().getRawClass().getAnnotation(JsonSubTypes.class);
                String known = names(Arrays.stream(subtypes.value())
                        .map(JsonSubTypes.Type::name)
                        .toList());
                yield (unknown.getTypeId() == null ? "'from' is missing" : "'" + unknown.getTypeId() + "' is not known")
                        + ": it must be one of " + known;
            }
            case MismatchedInputException mismatch
            when mismatch.getTargetType() != null -> "must be " + form(mismatch.getTargetType());
            default -> e.getOriginalMessage();
        };
    }

    private static String form(Class<?> type) {
        if (type.isEnum()) {
            return "one of " + names(Arrays.asList(type.getEnumConstants()));
        }
        return type == int.class || type == Integer.class || type == long.class
                ? "a whole number"
                : type == boolean.class
                        ? "true or false"
                        : type == String.class
                                ? "text"
                                : Collection.class.isAssignableFrom(type) ? "a list" : "an object";
    }

    private static String names(Collection<?> names) {
        return names.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    private static String place(JsonProcessingException e) {
        JsonLocation place = e.getLocation();
        return place == null ? "" : " at line " + place.getLineNr() + ", column " + place.getColumnNr();
    }

    private static String path(JsonMappingException e) {
        String path = FieldPath.of(e);
        return path.isEmpty() ? "configuration" : path;
    }

    private static final class DurationWriter extends StdSerializer<Duration> {
        private static final long serialVersionUID = 1;

        DurationWriter() {
            super(Duration.class);
        }

        @Override
        public void serialize(Duration value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeString(GatewayDuration.format(value));
        }
    }

    private static final class DurationReader extends StdDeserializer<Duration> {
        private static final long serialVersionUID = 1;

        DurationReader() {
            super(Duration.class);
        }

        @Override
        public Duration deserialize(JsonParser in, DeserializationContext context) throws IOException {
            String text = in.getValueAsString("");
            try {
                return GatewayDuration.parse(text);
            } catch (IllegalArgumentException e) {
                throw JsonMappingException.from(in, e.getMessage(), e);
            }
        }
    }
}
