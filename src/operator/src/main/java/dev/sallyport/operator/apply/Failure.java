package dev.sallyport.operator.apply;

/**
 * A child that could not be brought to what was planned.
 *
 * @param child its kind and name, such as {@code Service shop}
 * @param cause whether somebody else owns an object of that name, or the API server's refusal
 * @param message what was wrong, for people
 */
public record Failure(String child, Cause cause, String message) {
    /** Why a child could not be applied. */
    public enum Cause {
        /** An object of that kind and name exists and is not this proxy's. It is left alone. */
        NAME_TAKEN,
        /** The API server, one of its admission policies or a quota refused it. */
        REFUSED
    }
}
