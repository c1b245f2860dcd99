package dev.sallyport.relay.upstream.names;

import dev.sallyport.relay.loop.Loop;
import io.netty.channel.AddressedEnvelope;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverChannelStrategy;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import io.netty.resolver.dns.DnsServerAddresses;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The name servers as one loop asks them: over UDP from a port of each question's own, over TCP what is too long, the next
 * one when one does not answer or cannot say, each of them once and a single one twice.
 */
final class Servers {
    private static final long QUERY_TIMEOUT_MILLIS = 2_000;

    private final Loop loop;
    private final List<InetSocketAddress> servers;
    private @Nullable DnsNameResolver resolver;

    Servers(Loop loop, List<InetSocketAddress> servers) {
        this.loop = loop;
        this.servers = servers;
    }

    boolean any() {
        return !servers.isEmpty();
    }

    /** Asks for the addresses of a whole name, also when it is an alias. */
    void ask(String name, Family family, Consumer<Reply> told) {
        new Asking(family, told).ask(name);
    }

    void close() {
        if (resolver != null) {
            resolver.close();
        }
    }

    private DnsNameResolver resolver() {
        DnsNameResolver known = resolver;
        if (known == null) {
            known = new DnsNameResolverBuilder(loop.thread())
                    .datagramChannelType(loop.transport().datagram())
                    .socketChannelType(loop.transport().socket())
                    .datagramChannelStrategy(DnsNameResolverChannelStrategy.ChannelPerResolution)
                    .nameServerProvider(host -> DnsServerAddresses.sequential(servers).stream())
                    .resolvedAddressTypes(ResolvedAddressTypes.IPV4_PREFERRED)
                    .hostsFileEntriesResolver((host, types) -> null)
                    .searchDomains(List.of())
                    .ndots(1)
                    .queryTimeoutMillis(QUERY_TIMEOUT_MILLIS)
                    .build();
            resolver = known;
        }
        return known;
    }

    /** One question, over all servers and aliases. */
    private final class Asking {
        private final Family family;
        private final Consumer<Reply> told;
        private long ttl = Long.MAX_VALUE;
        private int aliases;
        private int tries;

        Asking(Family family, Consumer<Reply> told) {
            this.family = family;
            this.told = told;
        }

        void ask(String name) {
            DnsQuestion question;
            try {
                question = new DefaultDnsQuestion(name + ".", family.type);
            } catch (IllegalArgumentException e) {
                // No server could know a name that cannot be asked for.
                told.accept(new Reply.Nothing());
                return;
            }
            InetSocketAddress server = servers.get(tries % servers.size());
            Future<AddressedEnvelope<DnsResponse, InetSocketAddress>> query =
                    resolver().query(server, question);
            query.addListener(done -> answered(name, query));
        }

        private void answered(String name, Future<AddressedEnvelope<DnsResponse, InetSocketAddress>> query) {
            switch (read(name, query)) {
                case Reply.Addresses found ->
                    told.accept(new Reply.Addresses(found.addresses(), Math.min(ttl, found.ttl())));
                case Reply.Alias alias -> {
                    ttl = Math.min(ttl, alias.ttl());
                    if (++aliases > Reply.LONGEST_CHAIN) {
                        told.accept(new Reply.Broken(false));
                    } else {
                        ask(alias.name());
                    }
                }
                case Reply.Nothing nothing -> told.accept(nothing);
                case Reply.Broken broken -> {
                    if (++tries < Math.max(2, servers.size())) {
                        ask(name);
                    } else {
                        told.accept(broken);
                    }
                }
            }
        }

        private Reply read(String name, Future<AddressedEnvelope<DnsResponse, InetSocketAddress>> query) {
            if (!query.isSuccess()) {
                return new Reply.Broken(query.cause() instanceof DnsNameResolverTimeoutException);
            }
            AddressedEnvelope<DnsResponse, InetSocketAddress> envelope = query.getNow();
            try {
                return Reply.read(envelope.content(), name, family);
            } catch (RuntimeException e) {
                // A name in it was malformed.
                return new Reply.Broken(false);
            } finally {
                envelope.release();
            }
        }
    }
}
