package dev.sallyport.cli.read;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** Reads JSON as types of Kubernetes, strictly. */
final class Typed {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .annotationIntrospector(new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1;

                /** Kubernetes' types would keep fields that they do not know. */
                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                    return false;
                }
            })
            .build();

    private Typed() {}

    /**
     * What {@code document} has at {@code place}.
     *
     * @param place the path of {@code json} in the document, such as {@code spec.template}; empty for the whole
     * @throws MisfitException when it is not what the type has
     */
    static <T> T read(JsonNode json, String place, Class<T> type) throws MisfitException {
        try {
            return MAPPER.treeToValue(json, type);
        } catch (UnrecognizedPropertyException e) {
            String path = FieldPath.join(place, FieldPath.of(e));
            throw new MisfitException(path, path + ": unknown field \"" + path + "\"");
        } catch (JsonMappingException e) {
            String path = FieldPath.join(place, FieldPath.of(e));
            throw new MisfitException(path, path + ": " + e.getOriginalMessage());
        } catch (JsonProcessingException e) {
            throw new MisfitException(place, e.getOriginalMessage());
        }
    }

    /** A field does not fit. The message begins with its path. */
    static final class MisfitException extends Exception {
        private static final long serialVersionUID = 1;

        private final String path;

        private MisfitException(String path, String message) {
            super(message);
            this.path = path;
        }

        String path() {
            return path;
        }
    }
}
