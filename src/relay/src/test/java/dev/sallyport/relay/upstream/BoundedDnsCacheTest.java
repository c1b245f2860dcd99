package dev.sallyport.relay.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.DefaultEventLoop;
import io.netty.handler.codec.dns.DnsRecord;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class BoundedDnsCacheTest {
    private static final DnsRecord[] NONE = {};

    @Test
    void forgetsTheOldestOfManyNames() {
        DefaultEventLoop loop = new DefaultEventLoop();
        try {
            BoundedDnsCache cache = new BoundedDnsCache();
            for (int i = 0; i <= BoundedDnsCache.NAMES; i++) {
                cache.cache("n" + i + ".test", NONE, InetAddress.getLoopbackAddress(), 60, loop);
            }
            assertThat(cache.get("n0.test", NONE)).isNull();
            assertThat(cache.get("n1.test", NONE)).hasSize(1);
            assertThat(cache.get("n" + BoundedDnsCache.NAMES + ".test", NONE)).hasSize(1);
            cache.clear();
            assertThat(cache.get("n1.test", NONE)).isNull();
        } finally {
            var unused = loop.shutdownGracefully();
        }
    }

    /** A lookup goes through the search list first: what failed there must not answer for a name that resolves. */
    @Test
    void keepsNoFailures() {
        DefaultEventLoop loop = new DefaultEventLoop();
        try {
            BoundedDnsCache cache = new BoundedDnsCache();
            cache.cache("a.test.svc.cluster.local", NONE, new UnknownHostException(), loop);
            assertThat(cache.get("a.test.svc.cluster.local", NONE)).isNull();
        } finally {
            var unused = loop.shutdownGracefully();
        }
    }
}
