package dev.sallyport.control.redirect;

import dev.sallyport.model.address.Prefix;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What of the traffic that leaves a pod goes past the relay. Of the ranges that an address is in the narrowest decides; an address in
 * none is taken.
 *
 * @param past ranges that are let past
 * @param taken ranges that are not, though a wider one is
 * @param ports to which TCP and UDP are let past, whatever the address
 */
public record Outbound(List<Prefix> past, List<Prefix> taken, List<Integer> ports) {
    private static final Comparator<Prefix> NARROWEST_FIRST =
            Comparator.comparingInt(Prefix::length).reversed().thenComparing(Prefix::network);

    /** @throws IllegalArgumentException when a range is both let past and taken */
    public Outbound {
        past = List.copyOf(past);
        taken = List.copyOf(taken);
        ports = List.copyOf(ports);
        if (past.stream().anyMatch(taken::contains)) {
            throw new IllegalArgumentException("a range is both let past and taken");
        }
    }

    /** Ranges of one fate, none of which overlaps another of them. */
    record Ranges(boolean past, List<Prefix> prefixes) {}

    /** The ranges that make a difference, in an order in which the first that holds an address decides. */
    List<Ranges> narrowestFirst() {
        Map<Prefix, Boolean> fates = new TreeMap<>(NARROWEST_FIRST);
        past.forEach(prefix -> fates.put(prefix, true));
        taken.forEach(prefix -> fates.put(prefix, false));
        List<Ranges> all = new ArrayList<>();
        fates.forEach((prefix, fate) -> {
            if (fate == fateAround(prefix, fates)) {
                return;
            }
            if (all.isEmpty() || all.getLast().past() != fate) {
                all.add(new Ranges(fate, new ArrayList<>()));
            }
            all.getLast().prefixes().add(prefix);
        });
        return all;
    }

    /** Of the narrowest range around this one. */
    private static boolean fateAround(Prefix prefix, Map<Prefix, Boolean> fates) {
        return fates.entrySet().stream()
                .filter(other -> other.getKey().length() < prefix.length()
                        && other.getKey().contains(prefix.network()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(false);
    }

    /** Whether a name server can be reached past the relay. */
    public boolean reachesNameServers() {
        return !past.isEmpty() || ports.contains(53);
    }
}
