package dev.sallyport.relay.upstream;

import dev.sallyport.model.role.ProxyError;
import dev.sallyport.relay.loop.Loop;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.NoopAuthoritativeDnsServerCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.util.List;

/**
 * Resolves the names that clients ask for, as one loop: by {@code /etc/hosts}, then the servers and search list of
 * {@code /etc/resolv.conf}, with a cache of its own. A name with a dot is looked up as it is before any search, whatever
 * {@code ndots} says: a pod's would first try {@code api.example.com} below the cluster's domains, where others own names.
 */
final class Names {
    private static final long QUERY_TIMEOUT_MILLIS = 2_000;

    private final DnsNameResolver resolver;

    Names(Loop loop, DnsServerAddressStreamProvider servers) {
        resolver = new DnsNameResolverBuilder(loop.thread())
                .datagramChannelType(loop.transport().datagram())
                .socketChannelType(loop.transport().socket())
                .nameServerProvider(servers)
                .queryTimeoutMillis(QUERY_TIMEOUT_MILLIS)
                .ndots(1)
                .resolveCache(new BoundedDnsCache())
                .cnameCache(NoopDnsCnameCache.INSTANCE)
                .authoritativeDnsServerCache(NoopAuthoritativeDnsServerCache.INSTANCE)
                .build();
    }

    /** Calls {@code listener} with the addresses of a name or literal: on this loop, perhaps before it returns. */
    void resolve(String host, Listener listener) {
        byte[] literal = NetUtil.createByteArrayFromIpAddressString(host);
        if (literal != null) {
            listener.resolved(List.of(NetUtil.createInetAddressFromIpAddressString(host)));
            return;
        }
        Future<List<InetAddress>> lookup = resolver.resolveAll(host);
        if (lookup.isDone()) {
            tell(lookup, listener);
        } else {
            lookup.addListener(done -> tell(lookup, listener));
        }
    }

    void close() {
        resolver.close();
    }

    private static void tell(Future<List<InetAddress>> lookup, Listener listener) {
        Throwable cause = lookup.cause();
        if (cause == null) {
            listener.resolved(lookup.getNow());
        } else if (timedOut(cause)) {
            listener.unresolved(ProxyError.DNS_TIMEOUT, "The name server did not answer in time.");
        } else {
            listener.unresolved(ProxyError.DNS_ERROR, "The name of the destination does not resolve.");
        }
    }

    private static boolean timedOut(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof DnsNameResolverTimeoutException) {
                return true;
            }
        }
        return false;
    }

    /** Is told what a name resolves to. */
    interface Listener {
        /** @param addresses at least one, in the order to be tried */
        void resolved(List<InetAddress> addresses);

        void unresolved(ProxyError error, String detail);
    }
}
