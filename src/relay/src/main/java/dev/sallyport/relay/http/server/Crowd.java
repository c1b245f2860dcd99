package dev.sallyport.relay.http.server;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many clients are connected at one place, on all loops, and how many of them from each address. Of IPv6, a network of
 * 64 bits counts as one address: whoever has one of them has all. Thread-safe.
 */
public final class Crowd {
    private static final long IPV4 = 0xFFFF_0000_0000L;

    private final AtomicInteger all = new AtomicInteger();
    private final ConcurrentHashMap<Long, Integer> byAddress = new ConcurrentHashMap<>();

    /**
     * Counts one more connection.
     *
     * @param most connections that there may be; 0: any number
     * @return false when there are as many, and nothing was counted
     */
    public boolean enter(int most) {
        if (all.incrementAndGet() > most && most > 0) {
            all.decrementAndGet();
            return false;
        }
        return true;
    }

    /** One that was counted is gone. */
    public void leave() {
        all.decrementAndGet();
    }

    /** As {@link #enter(int)}, among those of one address. */
    public boolean enter(InetAddress address, int most) {
        Long key = key(address);
        int now = byAddress.merge(key, 1, Integer::sum);
        if (now > most && most > 0) {
            leave(key);
            return false;
        }
        return true;
    }

    /** One of an address that was counted is gone. */
    public void leave(InetAddress address) {
        leave(key(address));
    }

    private void leave(Long key) {
        byAddress.computeIfPresent(key, (same, count) -> count == 1 ? null : count - 1);
    }

    /** Whether nobody is counted. */
    boolean isEmpty() {
        return all.get() == 0 && byAddress.isEmpty();
    }

    /** No network of IPv6 begins with the 16 zeros and 16 ones before those of IPv4. */
    private static Long key(InetAddress address) {
        byte[] bytes = address.getAddress();
        long prefix = 0;
        int length = Math.min(bytes.length, Long.BYTES);
        for (int i = 0; i < length; i++) {
            prefix = prefix << 8 | bytes[i] & 0xFF;
        }
        return bytes.length == 4 ? IPV4 | prefix : prefix;
    }
}
