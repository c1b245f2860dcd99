package dev.sallyport.cli.read;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Something about what was read that its author should know.
 *
 * @param at where it is
 * @param title the object it is about, such as {@code ForwardProxy shop/egress}; empty when it is about none
 * @param message what is wrong and what would be right, beginning with the field's path
 * @param error whether the object cannot be served because of it; otherwise it is a warning
 */
public record Problem(Position at, String title, String message, boolean error) {
    static Problem unreadable(Path path, IOException e) {
        return new Problem(new Position(path, 1, 1), "", "cannot be read: " + e.getMessage(), true);
    }

    @Override
    public String toString() {
        return at + ": " + (error ? "error" : "warning") + ": " + (title.isEmpty() ? "" : title + ": ") + message;
    }
}
