package dev.sallyport.relay.upstream.names;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * One look-up of a name: of both families at once, and where the search list is to be tried, of one whole name after
 * another: the next one only when the servers say that there is nothing under this one. So the families never come from
 * different names, and a server that fails never makes a name mean another.
 *
 * <p>Without I/O: what it wants done it tells to {@link Doing}; what comes of it is told to it.
 */
final class Lookup {
    private final List<String> names;
    private final boolean ipv6;
    private final Doing doing;
    private final Map<Family, Reply> replies = new EnumMap<>(Family.class);
    private int at;
    private boolean told;

    /** @param names to be looked up, in this order, at least one */
    Lookup(List<String> names, boolean ipv6, Doing doing) {
        this.names = names;
        this.ipv6 = ipv6;
        this.doing = doing;
    }

    /**
     * The names that a host may mean. One with a dot is looked up as it is before any search, whatever {@code ndots} says:
     * a pod's would first try {@code api.example.com} below the cluster's domains, where others own names. One that ends
     * with a dot is never searched for.
     */
    static List<String> names(String host, List<String> search) {
        if (host.endsWith(".")) {
            return List.of(Reply.normal(host));
        }
        List<String> names = new ArrayList<>(search.size() + 1);
        String own = Reply.normal(host);
        for (String domain : search) {
            names.add(own + "." + Reply.normal(domain));
        }
        names.add(own.indexOf('.') >= 0 ? 0 : names.size(), own);
        return names;
    }

    void begin() {
        replies.clear();
        int of = at;
        if (ipv6) {
            doing.ask(names.get(of), Family.V6);
        } else {
            replies.put(Family.V6, new Reply.Nothing());
        }
        if (of == at) {
            doing.ask(names.get(of), Family.V4);
        }
    }

    /** The servers' last word on one family of the name that was asked for. */
    void answered(String name, Family family, Reply reply) {
        if (at == names.size() || !names.get(at).equals(name)) {
            return;
        }
        replies.put(family, reply);
        List<InetAddress> found = found();
        boolean all = replies.size() == Family.values().length;
        if (found.isEmpty()) {
            if (all) {
                nothing();
            }
        } else if (all) {
            at = names.size();
            doing.found(found, ttl(), true);
        } else if (!told) {
            doing.delay();
        }
    }

    /** The time is over that one family has to answer after the other has. */
    void delayed() {
        List<InetAddress> found = found();
        if (at < names.size() && !told && !found.isEmpty()) {
            told = true;
            doing.found(found, ttl(), false);
        }
    }

    private void nothing() {
        boolean broken = false;
        boolean silent = false;
        for (Reply reply : replies.values()) {
            if (reply instanceof Reply.Broken some) {
                broken = true;
                silent |= some.silent();
            }
        }
        if (broken) {
            at = names.size();
            doing.failed(silent);
        } else if (at + 1 == names.size()) {
            at = names.size();
            doing.notFound();
        } else {
            at++;
            begin();
        }
    }

    private List<InetAddress> found() {
        List<InetAddress> found = new ArrayList<>();
        for (Reply reply : replies.values()) {
            if (reply instanceof Reply.Addresses some) {
                some.addresses().stream().filter(one -> !found.contains(one)).forEach(found::add);
            }
        }
        return found;
    }

    private long ttl() {
        long ttl = Long.MAX_VALUE;
        for (Reply reply : replies.values()) {
            if (reply instanceof Reply.Addresses some) {
                ttl = Math.min(ttl, some.ttl());
            }
        }
        return ttl;
    }

    /** Does what a look-up wants done. */
    interface Doing {
        /** Asks the servers; the answer is told once, perhaps before this returns. */
        void ask(String name, Family family);

        /** Calls {@link #delayed()} after the "Resolution Delay" (RFC 8305, section 3). */
        void delay();

        /**
         * There are addresses.
         *
         * @param whole false when the other family has yet to answer; then this is called once more, with all
         */
        void found(List<InetAddress> addresses, long ttl, boolean whole);

        /** There is no such name, or it has no addresses. */
        void notFound();

        /** @param silent whether a server did not even answer */
        void failed(boolean silent);
    }
}
