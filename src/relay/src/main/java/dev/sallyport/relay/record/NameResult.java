package dev.sallyport.relay.record;

import java.util.Locale;

/** What came of asking for the addresses of a name. */
public enum NameResult {
    /** They were known. */
    HIT,
    /** What was known had run out, and the servers failed. */
    STALE,
    /** The servers knew them. */
    FOUND,
    /** There are none. */
    NOT_FOUND,
    /** The servers failed. */
    FAILED;

    private final String token = name().toLowerCase(Locale.ROOT);

    String token() {
        return token;
    }
}
