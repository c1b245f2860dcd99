package dev.sallyport.model.json;

/** Bytes are no JSON. The message says what is wrong and where, and repeats nothing of them. */
public final class MalformedJsonException extends Exception {
    private static final long serialVersionUID = 1;

    MalformedJsonException(String message) {
        super(message);
    }
}
