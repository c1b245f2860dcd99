package dev.sallyport.relay.upstream.names;

import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The order in which addresses are tried (RFC 8305, section 4): families in turn, each in the order of the servers. */
final class Interleave {
    private Interleave() {}

    static List<InetAddress> order(List<InetAddress> addresses, Family first) {
        Deque<InetAddress> preferred = new ArrayDeque<>();
        Deque<InetAddress> other = new ArrayDeque<>();
        for (InetAddress address : addresses) {
            (Family.of(address) == first ? preferred : other).add(address);
        }
        List<InetAddress> ordered = new ArrayList<>(addresses.size());
        while (!preferred.isEmpty() || !other.isEmpty()) {
            for (Deque<InetAddress> family : List.of(preferred, other)) {
                InetAddress next = family.poll();
                if (next != null) {
                    ordered.add(next);
                }
            }
        }
        return ordered;
    }
}
