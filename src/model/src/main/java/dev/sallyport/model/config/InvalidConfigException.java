package dev.sallyport.model.config;

/** A configuration cannot be served. The message begins with the path of what was wrong and says what would be right. */
public final class InvalidConfigException extends Exception {
    private static final long serialVersionUID = 1;

    public InvalidConfigException(String message) {
        super(message);
    }

    public InvalidConfigException(String message, Throwable cause) {
        super(message, cause);
    }
}
