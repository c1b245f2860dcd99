package dev.sallyport.model.role;

import dev.sallyport.model.address.IpAddress;
import dev.sallyport.model.name.HostPatterns;
import dev.sallyport.model.request.Ascii;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The host patterns of all rules of one effect, in the order of the rules.
 *
 * @param <T> what a match leads to
 */
final class Entries<T> implements HostPatterns.Condition {
    /** One of the patterns with what a match of it leads to. */
    record Entry<T>(RulePattern pattern, T outcome) {
        String rule() {
            return pattern.rule().name();
        }
    }

    private static final HostPatterns.Condition ALWAYS = (pattern, port, method) -> true;

    private final List<Entry<T>> entries;
    private final HostPatterns patterns;

    Entries(List<Entry<T>> entries) {
        this.entries = List.copyOf(entries);
        this.patterns = new HostPatterns(
                entries.stream().map(entry -> entry.pattern().host()).toList());
    }

    /**
     * The first entry that matches, or null.
     *
     * @param address that {@code host} is, or null for a name
     */
    @Nullable
    Entry<T> first(Ascii host, @Nullable IpAddress address, int port, Ascii method) {
        return first(host, address, this, port, method);
    }

    /** The first entry that matches the host, whatever its ports and methods, or null. */
    @Nullable
    Entry<T> firstOfHost(Ascii host, @Nullable IpAddress address, Ascii method) {
        return first(host, address, ALWAYS, 0, method);
    }

    private @Nullable Entry<T> first(
            Ascii host, @Nullable IpAddress address, HostPatterns.Condition condition, int port, Ascii method) {
        return entry(
                address == null
                        ? patterns.first(host, condition, port, method)
                        : patterns.first(address, condition, port, method));
    }

    /** The first entry that names the address as a literal and matches, or null. */
    @Nullable
    Entry<T> firstLiteral(IpAddress address, int port, Ascii method) {
        return entry(patterns.firstLiteral(address, this, port, method));
    }

    private @Nullable Entry<T> entry(int index) {
        return index == HostPatterns.NONE ? null : entries.get(index);
    }

    @Override
    public boolean holds(int pattern, int port, Ascii method) {
        RulePattern asked = entries.get(pattern).pattern();
        return asked.matchesPort(port, method) && asked.matchesMethod(method);
    }
}
