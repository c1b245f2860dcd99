package dev.sallyport.cli.read;

import com.fasterxml.jackson.databind.JsonMappingException;

/** Where in an object something was wrong, as messages name it. */
final class FieldPath {
    private FieldPath() {}

    /** The path of the field that could not be read, such as {@code spec.rules[0].name}; empty for the whole. */
    static String of(JsonMappingException e) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference reference : e.getPath()) {
            if (reference.getFieldName() == null) {
                path.append('[').append(reference.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(reference.getFieldName());
            }
        }
        return path.toString();
    }

    /** The path of a field at {@code path} of what is at {@code place}; either may be empty. */
    static String join(String place, String path) {
        return place.isEmpty() || path.isEmpty() || path.startsWith("[") ? place + path : place + "." + path;
    }
}
