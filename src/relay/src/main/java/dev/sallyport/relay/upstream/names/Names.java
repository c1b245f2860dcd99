package dev.sallyport.relay.upstream.names;

import dev.sallyport.model.role.ProxyError;
import dev.sallyport.relay.loop.Loop;
import dev.sallyport.relay.record.LoopMetrics;
import dev.sallyport.relay.record.NameResult;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Resolves the names that clients ask for, as one loop: by {@code /etc/hosts}, then by the name servers, with a cache of
 * its own. Of one name there is one look-up at a time; who asks meanwhile waits for it. When the servers fail, an answer
 * that has run out serves on for a minute, and the servers are asked again beside it.
 */
public final class Names {
    /** RFC 8305's "Resolution Delay". */
    private static final long DELAY_MILLIS = 50;

    /** How long those wait for the servers who could have a stale answer. */
    private static final long STALE_AFTER_MILLIS = 1_000;

    private static final String NOWHERE = "The name of the destination does not resolve.";

    private final Loop loop;
    private final LoopMetrics metrics;
    private final Supplier<ResolverSettings> machine;
    private final LongSupplier clock;
    private final NameCache cache = new NameCache();
    private final Map<String, Asked> asked = new HashMap<>();
    private @Nullable ResolverSettings settings;
    private @Nullable Servers servers;

    /** @param machine is asked once, when the first name is: the start of a relay is spared it */
    public Names(Loop loop, LoopMetrics metrics, Supplier<ResolverSettings> machine) {
        this(loop, metrics, machine, System::nanoTime);
    }

    Names(Loop loop, LoopMetrics metrics, Supplier<ResolverSettings> machine, LongSupplier clock) {
        this.clock = clock;
        this.loop = loop;
        this.metrics = metrics;
        this.machine = machine;
    }

    /** Calls {@code listener} with the addresses of a name or literal: on this loop, perhaps before it returns. */
    public void resolve(String host, Listener listener) {
        InetAddress literal = NetUtil.createInetAddressFromIpAddressString(host);
        if (literal != null) {
            listener.resolved(List.of(literal), true);
            return;
        }
        List<InetAddress> local = HostsFile.addresses(host);
        if (!local.isEmpty()) {
            listener.resolved(Interleave.order(local, Family.V6), true);
            return;
        }
        long now = clock.getAsLong();
        NameCache.Known known = cache.get(host, now);
        if (known != null && known.fresh(now)) {
            tell(listener, known, known.addresses.isEmpty() ? NameResult.NOT_FOUND : NameResult.HIT);
        } else if (known != null && known.failing()) {
            if (known.retries(now) && !asked.containsKey(host)) {
                new Asked(host).begin();
            }
            tell(listener, known, NameResult.STALE);
        } else if (servers().any()) {
            join(host, listener, known != null);
        } else {
            metrics.nameAsked(NameResult.FAILED);
            listener.unresolved(ProxyError.DNS_ERROR, "The relay's machine has no name servers.");
        }
    }

    /** A connection was made to one of the addresses of a name; its family is tried first from now on, for as long as they are known. */
    public void reached(String host, InetAddress address) {
        NameCache.Known known = cache.get(host, clock.getAsLong());
        if (known != null) {
            known.first = Family.of(address);
        }
    }

    public void close() {
        if (servers != null) {
            servers.close();
        }
    }

    private ResolverSettings settings() {
        ResolverSettings known = settings;
        if (known == null) {
            known = machine.get();
            settings = known;
        }
        return known;
    }

    private Servers servers() {
        Servers known = servers;
        if (known == null) {
            known = new Servers(loop, settings().servers());
            servers = known;
        }
        return known;
    }

    private void join(String host, Listener listener, boolean stale) {
        Asked running = asked.get(host);
        if (running != null) {
            running.join(listener);
            return;
        }
        Asked begun = new Asked(host);
        begun.join(listener);
        if (stale) {
            var unused = loop.thread().schedule(begun::late, STALE_AFTER_MILLIS, TimeUnit.MILLISECONDS);
        }
        begun.begin();
    }

    private void tell(Listener listener, NameCache.Known entry, NameResult result) {
        metrics.nameAsked(result);
        if (entry.addresses.isEmpty()) {
            listener.unresolved(ProxyError.DNS_ERROR, NOWHERE);
        } else {
            listener.resolved(Interleave.order(entry.addresses, entry.first), true);
        }
    }

    /** A look-up that runs, and who waits for it. */
    private final class Asked implements Lookup.Doing {
        private final String host;
        private final Lookup lookup;
        private List<Listener> waiting = new ArrayList<>();
        private List<InetAddress> told = List.of();
        private List<Listener> toldInPart = List.of();

        Asked(String host) {
            this.host = host;
            this.lookup = new Lookup(
                    Lookup.names(host, settings().search()), settings().ipv6(), this);
        }

        void join(Listener listener) {
            if (told.isEmpty()) {
                waiting.add(listener);
            } else {
                metrics.nameAsked(NameResult.FOUND);
                List<Listener> all = new ArrayList<>(toldInPart);
                all.add(listener);
                toldInPart = all;
                listener.resolved(told, false);
            }
        }

        void begin() {
            asked.put(host, this);
            lookup.begin();
        }

        /** Those who wait could have something stale. */
        void late() {
            long now = clock.getAsLong();
            NameCache.Known known = cache.get(host, now);
            if (asked.get(host) == this && known != null && known.stale(now)) {
                known.failed(now);
                takeWaiting().forEach(listener -> tell(listener, known, NameResult.STALE));
            }
        }

        @Override
        public void ask(String name, Family family) {
            servers().ask(name, family, reply -> lookup.answered(name, family, reply));
        }

        @Override
        public void delay() {
            var unused = loop.thread().schedule(lookup::delayed, DELAY_MILLIS, TimeUnit.MILLISECONDS);
        }

        @Override
        public void found(List<InetAddress> addresses, long ttl, boolean whole) {
            Family first = first();
            if (whole) {
                asked.remove(host);
                cache.found(host, addresses, ttl, clock.getAsLong());
            }
            List<InetAddress> ordered = Interleave.order(addresses, first);
            List<InetAddress> before = told;
            told = ordered;
            List<Listener> now = takeWaiting();
            List<Listener> again = toldInPart;
            toldInPart = whole ? List.of() : now;
            List<InetAddress> more = ordered.stream()
                    .filter(address -> !before.contains(address))
                    .toList();
            again.forEach(listener -> listener.resolved(more, true));
            for (Listener listener : now) {
                metrics.nameAsked(NameResult.FOUND);
                listener.resolved(ordered, whole);
            }
        }

        private Family first() {
            NameCache.Known known = cache.get(host, clock.getAsLong());
            return known == null ? Family.V6 : known.first;
        }

        @Override
        public void notFound() {
            asked.remove(host);
            cache.notFound(host, clock.getAsLong());
            refuse(NameResult.NOT_FOUND, ProxyError.DNS_ERROR, NOWHERE);
        }

        @Override
        public void failed(boolean silent) {
            asked.remove(host);
            long now = clock.getAsLong();
            NameCache.Known known = cache.get(host, now);
            if (known != null && known.stale(now)) {
                known.failed(now);
                takeWaiting().forEach(listener -> tell(listener, known, NameResult.STALE));
            } else if (silent) {
                refuse(NameResult.FAILED, ProxyError.DNS_TIMEOUT, "The name server did not answer in time.");
            } else {
                refuse(NameResult.FAILED, ProxyError.DNS_ERROR, "The name server could not resolve the destination.");
            }
        }

        private void refuse(NameResult result, ProxyError error, String detail) {
            for (Listener listener : takeWaiting()) {
                metrics.nameAsked(result);
                listener.unresolved(error, detail);
            }
        }

        private List<Listener> takeWaiting() {
            List<Listener> all = waiting;
            waiting = new ArrayList<>();
            return all;
        }
    }

    /** Is told what a name resolves to. */
    public interface Listener {
        /**
         * Addresses, in the order to be tried.
         *
         * @param last false when more may come, of the other family; then this is called once more, perhaps with none
         */
        void resolved(List<InetAddress> addresses, boolean last);

        void unresolved(ProxyError error, String detail);
    }
}
