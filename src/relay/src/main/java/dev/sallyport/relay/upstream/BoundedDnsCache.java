package dev.sallyport.relay.upstream;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.resolver.dns.DefaultDnsCache;
import io.netty.resolver.dns.DnsCache;
import io.netty.resolver.dns.DnsCacheEntry;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Netty's cache, which forgets by age alone, with a bound on the names that clients can make it keep: the oldest go first.
 * Failures are not kept: of a name below the search list, Netty takes them for the answer on the name itself, also
 * when that resolves and only its own entry has run out.
 */
final class BoundedDnsCache implements DnsCache {
    static final int NAMES = 4096;
    private static final int MAX_TTL_SECONDS = 600;
    private static final int FAILURE_TTL_SECONDS = 0;

    private final DnsCache cache = new DefaultDnsCache(0, MAX_TTL_SECONDS, FAILURE_TTL_SECONDS);
    private final Set<String> known = new HashSet<>();
    private final Queue<String> byAge = new ArrayDeque<>();

    @Override
    public void clear() {
        cache.clear();
        known.clear();
        byAge.clear();
    }

    @Override
    public boolean clear(String name) {
        return cache.clear(name);
    }

    @Override
    public @Nullable List<? extends DnsCacheEntry> get(String name, DnsRecord[] additionals) {
        return cache.get(name, additionals);
    }

    @Override
    public DnsCacheEntry cache(
            String name, DnsRecord[] additionals, InetAddress address, long originalTtl, EventLoop loop) {
        bound(name);
        return cache.cache(name, additionals, address, originalTtl, loop);
    }

    @Override
    public DnsCacheEntry cache(String name, DnsRecord[] additionals, Throwable cause, EventLoop loop) {
        bound(name);
        return cache.cache(name, additionals, cause, loop);
    }

    private void bound(String name) {
        if (known.add(name)) {
            byAge.add(name);
            if (byAge.size() > NAMES) {
                String oldest = byAge.remove();
                known.remove(oldest);
                cache.clear(oldest);
            }
        }
    }
}
