package dev.sallyport.control.validate;

/**
 * Which hosts an entry means.
 *
 * @param name in A-label form and lower case; empty for {@link Kind#ANY}
 * @param port the port that the entry names, or 0
 */
public record HostPattern(Kind kind, String name, int port) {
    /** How the name is meant. */
    public enum Kind {
        /** The name itself, or the address. */
        EXACT(""),
        /** All names below it. */
        BELOW("*."),
        /** The name and all below it. */
        APEX_AND_BELOW("."),
        /** Every name and address. */
        ANY("*");

        private final String prefix;

        Kind(String prefix) {
            this.prefix = prefix;
        }
    }

    /** As a relay reads it. */
    @Override
    public String toString() {
        return kind.prefix + name + (port == 0 ? "" : ":" + port);
    }
}
