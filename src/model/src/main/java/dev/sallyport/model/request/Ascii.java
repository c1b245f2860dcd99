package dev.sallyport.model.request;

/**
 * A run of bytes of a message head, read in place as ISO-8859-1. An instance may be a view that its owner moves
 * on: keep {@link #toString()}, never the view, beyond the call that received it.
 */
public interface Ascii {
    /** The number of bytes. */
    int length();

    /** The byte at {@code index}, from 0 to {@code length() - 1}, as a value from 0 to 255. */
    int at(int index);

    /** Whether the bytes are exactly those of {@code other}. */
    default boolean contentEquals(CharSequence other) {
        return other.length() == length() && startsWith(other);
    }

    /** Whether the bytes are those of {@code lowerCase}, letters A to Z counting as a to z. */
    default boolean equalsLowerCase(CharSequence lowerCase) {
        return lowerCase.length() == length() && startsWithLowerCase(lowerCase);
    }

    /** Whether the bytes begin with those of {@code lowerCase}, letters A to Z counting as a to z. */
    default boolean startsWithLowerCase(CharSequence lowerCase) {
        int length = lowerCase.length();
        if (length > length()) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (lowerCase(at(i)) != lowerCase.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the bytes begin with those of {@code prefix}. */
    default boolean startsWith(CharSequence prefix) {
        int length = prefix.length();
        if (length > length()) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (at(i) != prefix.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** {@code octet} with A to Z mapped to a to z. */
    static int lowerCase(int octet) {
        return octet >= 'A' && octet <= 'Z' ? octet + ('a' - 'A') : octet;
    }

    /** The bytes of {@code text}, whose characters are all below 256. */
    static Ascii of(String text) {
        return new Ascii() {
            @Override
            public int length() {
                return text.length();
            }

            @Override
            public int at(int index) {
                return text.charAt(index);
            }

            @Override
            public String toString() {
                return text;
            }
        };
    }

    /** A copy as a String, one character a byte. */
    @Override
    String toString();
}
