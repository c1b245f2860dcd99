package dev.sallyport.cli.read;

/** A file cannot be read as objects. The message begins with the position and says what is wrong. */
public final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1;

    public UnreadableException(String message) {
        super(message);
    }
}
