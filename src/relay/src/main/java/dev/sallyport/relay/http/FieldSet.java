package dev.sallyport.relay.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A set of field names, to be asked about field lines. Immutable; made once for a configuration. */
public final class FieldSet {
    /** The set without members. */
    public static final FieldSet NONE = new FieldSet(0, List.of());

    /**
     * What concerns one connection alone (RFC 9110, section 7.6.1), and framing, which is always written anew. TE and
     * Trailer are in it, as they are written anew where trailers can go on.
     */
    public static final FieldSet HOP_BY_HOP = of(
            FieldName.CONNECTION,
            FieldName.KEEP_ALIVE,
            FieldName.PROXY_CONNECTION,
            FieldName.PROXY_AUTHENTICATE,
            FieldName.PROXY_AUTHORIZATION,
            FieldName.PROXY_AUTHENTICATION_INFO,
            FieldName.TE,
            FieldName.TRAILER,
            FieldName.TRANSFER_ENCODING,
            FieldName.UPGRADE,
            FieldName.HTTP2_SETTINGS,
            FieldName.CONTENT_LENGTH);

    private final long known;
    private final List<String> others;

    private FieldSet(long known, List<String> others) {
        this.known = known;
        this.others = others;
    }

    /** The set of known fields. */
    public static FieldSet of(FieldName... names) {
        return NONE.with(names);
    }

    /** The set of all known fields without those given. */
    public static FieldSet allKnownBut(FieldName... names) {
        return new FieldSet(~of(names).known, List.of());
    }

    /** The set of the names given, whatever their case. */
    public static FieldSet ofNames(Iterable<String> names) {
        long known = 0;
        List<String> others = new ArrayList<>();
        for (String name : names) {
            String lowerCase = name.toLowerCase(Locale.ROOT);
            FieldName field = FieldName.of(lowerCase);
            if (field != null) {
                known |= field.bit();
            } else {
                others.add(lowerCase);
            }
        }
        return new FieldSet(known, List.copyOf(others));
    }

    /** This set and more known fields. */
    public FieldSet with(FieldName... names) {
        return new FieldSet(
                Arrays.stream(names).mapToLong(FieldName::bit).reduce(known, (one, other) -> one | other), others);
    }

    /** The members of both. */
    public FieldSet with(FieldSet other) {
        List<String> all = new ArrayList<>(others);
        all.addAll(other.others);
        return new FieldSet(known | other.known, List.copyOf(all));
    }

    /** Whether a known field is a member. */
    public boolean contains(FieldName name) {
        return (known & name.bit()) != 0;
    }

    /** The known members as bits by number. */
    long known() {
        return known;
    }

    /** Whether the field of a line, one that is not known, is a member. */
    boolean containsUnknown(Head head, int line) {
        for (int i = 0; i < others.size(); i++) {
            if (head.named(line, others.get(i))) {
                return true;
            }
        }
        return false;
    }
}
