package dev.sallyport.relay.upstream.names;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What names resolved to, of one loop. It keeps so many names, those that were used last. Times are those of one clock, in
 * nanoseconds, as {@link System#nanoTime()}.
 */
final class NameCache {
    static final int NAMES = 4096;
    private static final long SECOND = 1_000_000_000;

    /** Whatever a server says, an answer is used for at least and at most as long. */
    static final long LEAST_TTL = 5;

    static final long MOST_TTL = 600;

    /** How long an answer that has run out may still be used when the servers fail. */
    static final long STALE = 60 * SECOND;

    /** That a host has no name anywhere is believed just long enough to bear a rush. */
    static final long NEGATIVE = SECOND;

    /** Servers that failed are left alone for a while, when there is something stale to use. */
    static final long RETRY = 5 * SECOND;

    private final Map<String, Known> entries = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > NAMES;
        }
    };

    /** What is known of a name, or null. */
    @Nullable
    Known get(String host, long now) {
        Known entry = entries.get(host);
        if (entry != null && !entry.fresh(now) && !entry.stale(now)) {
            entries.remove(host);
            return null;
        }
        return entry;
    }

    /** A name resolved. Which family won last is still known. */
    Known found(String host, List<InetAddress> addresses, long ttl, long now) {
        Known before = entries.get(host);
        Known entry = new Known(addresses, now + Math.clamp(ttl, LEAST_TTL, MOST_TTL) * SECOND);
        entry.first = before == null ? entry.first : before.first;
        entries.put(host, entry);
        return entry;
    }

    /** A name does not exist. */
    void notFound(String host, long now) {
        entries.put(host, new Known(List.of(), now + NEGATIVE));
    }

    /** What is known of one name. */
    static final class Known {
        /** Empty: there is nothing under the name. */
        final List<InetAddress> addresses;

        private final long expires;
        private long retryAt;
        private boolean failing;

        /** The family to be tried first. */
        Family first = Family.V6;

        private Known(List<InetAddress> addresses, long expires) {
            this.addresses = addresses;
            this.expires = expires;
        }

        boolean fresh(long now) {
            return now - expires < 0;
        }

        /** Whether it has run out, but may be used when the servers fail. */
        boolean stale(long now) {
            return !fresh(now) && !addresses.isEmpty() && now - expires < STALE;
        }

        /** The servers failed to renew it. */
        void failed(long now) {
            failing = true;
            retryAt = now + RETRY;
        }

        /** Whether the servers failed when they were asked last. */
        boolean failing() {
            return failing;
        }

        /** Whether they may be asked again. */
        boolean retries(long now) {
            return !failing || now - retryAt >= 0;
        }
    }
}
