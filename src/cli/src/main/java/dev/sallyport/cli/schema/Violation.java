package dev.sallyport.cli.schema;

/**
 * Something that the schema does not take.
 *
 * @param path the field's, such as {@code spec.rules[0].name}; empty for the object itself
 * @param message what is wrong, and what would be right
 */
public record Violation(String path, String message) {
    @Override
    public String toString() {
        return path.isEmpty() ? message : path + ": " + message;
    }
}
