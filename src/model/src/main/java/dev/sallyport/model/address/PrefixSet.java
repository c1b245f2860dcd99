package dev.sallyport.model.address;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Prefixes, asked whether any contains an address: a binary search over those that no other one covers. */
public final class PrefixSet {
    public static final PrefixSet EMPTY = new PrefixSet(List.of());

    /** Apart, as an IPv6 prefix may lie around the mapped IPv4 addresses without containing them. */
    private final Prefix[] v4;

    private final Prefix[] v6;

    public PrefixSet(Collection<Prefix> prefixes) {
        v4 = disjoint(prefixes, true);
        v6 = disjoint(prefixes, false);
    }

    private static Prefix[] disjoint(Collection<Prefix> prefixes, boolean isV4) {
        List<Prefix> ascending = prefixes.stream()
                .filter(prefix -> prefix.isV4() == isV4)
                .sorted(Comparator.comparing(Prefix::network).thenComparingInt(Prefix::length))
                .toList();
        List<Prefix> kept = new ArrayList<>();
        for (Prefix prefix : ascending) {
            if (kept.isEmpty() || !kept.getLast().contains(prefix.network())) {
                kept.add(prefix);
            }
        }
        return kept.toArray(Prefix[]::new);
    }

    public boolean isEmpty() {
        return v4.length + v6.length == 0;
    }

    public boolean contains(IpAddress address) {
        Prefix[] disjoint = address.isV4() ? v4 : v6;
        int from = 0;
        int to = disjoint.length;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (disjoint[middle].network().compareTo(address) <= 0) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from > 0 && disjoint[from - 1].contains(address);
    }
}
