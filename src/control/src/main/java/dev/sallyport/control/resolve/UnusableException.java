package dev.sallyport.control.resolve;

/** A content that cannot be used. Its message says what is wrong and what would be right, and holds nothing of the content. */
final class UnusableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableException(String message) {
        super(message, null, false, false);
    }
}
