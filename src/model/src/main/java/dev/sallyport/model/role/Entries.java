package dev.sallyport.model.role;

import dev.sallyport.model.address.IpAddress;
import dev.sallyport.model.config.ForwardRule;
import dev.sallyport.model.name.HostPattern;
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
    /**
     * One pattern of a rule.
     *
     * @param requestPorts the ports on which it matches requests
     * @param tunnelPorts the ports on which it matches tunnels
     */
    record Entry<T>(ForwardRule rule, HostPattern pattern, Ports requestPorts, Ports tunnelPorts, T outcome) {
        Ports ports(Ascii method) {
            return method.contentEquals("CONNECT") ? tunnelPorts : requestPorts;
        }

        boolean matchesMethod(Ascii method) {
            List<String> methods = rule.methods();
            for (int i = 0; i < methods.size(); i++) {
                if (method.contentEquals(methods.get(i))) {
                    return true;
                }
            }
            return methods.isEmpty();
        }
    }

    private static final HostPatterns.Condition ALWAYS = (pattern, port, method) -> true;

    private final List<Entry<T>> entries;
    private final HostPatterns patterns;

    Entries(List<Entry<T>> entries) {
        this.entries = List.copyOf(entries);
        this.patterns = new HostPatterns(entries.stream().map(Entry::pattern).toList());
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
        Entry<T> entry = entries.get(pattern);
        return entry.ports(method).contain(port) && entry.matchesMethod(method);
    }
}
