package dev.sallyport.relay.upstream.names;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Scripts of a look-up. */
class LookupTest {
    private static final Reply NOTHING = new Reply.Nothing();
    private static final Reply BROKEN = new Reply.Broken(false);

    private final List<String> told = new ArrayList<>();

    private List<String> told() {
        List<String> all = List.copyOf(told);
        told.clear();
        return all;
    }

    private Lookup lookup(boolean ipv6, String... names) {
        Lookup lookup = new Lookup(List.of(names), ipv6, new Lookup.Doing() {
            @Override
            public void ask(String name, Family family) {
                told.add(name + " " + family);
            }

            @Override
            public void delay() {
                told.add("delay");
            }

            @Override
            public void found(List<InetAddress> addresses, long ttl, boolean whole) {
                told.add(addresses.stream().map(InetAddress::getHostAddress).toList() + " " + ttl
                        + (whole ? "" : " so far"));
            }

            @Override
            public void notFound() {
                told.add("not found");
            }

            @Override
            public void failed(boolean silent) {
                told.add(silent ? "silent" : "failed");
            }
        });
        lookup.begin();
        return lookup;
    }

    private static Reply found(long ttl, String... literals) {
        return new Reply.Addresses(
                Arrays.stream(literals).map(InetAddress::ofLiteral).toList(), ttl);
    }

    @Test
    void asksForBothFamiliesAtOnce() {
        Lookup lookup = lookup(true, "a.test");
        assertThat(told()).containsExactly("a.test V6", "a.test V4");
        lookup.answered("a.test", Family.V6, found(60, "2001:db8::1"));
        assertThat(told()).containsExactly("delay");
        lookup.answered("a.test", Family.V4, found(30, "192.0.2.1"));
        assertThat(told()).containsExactly("[2001:db8:0:0:0:0:0:1, 192.0.2.1] 30");
        lookup.delayed();
        assertThat(told()).isEmpty();
    }

    @Test
    void goesOnWithOneFamilyWhenTheOtherIsLate() {
        Lookup lookup = lookup(true, "a.test");
        lookup.answered("a.test", Family.V4, found(30, "192.0.2.1"));
        lookup.delayed();
        lookup.delayed();
        lookup.answered("a.test", Family.V6, found(20, "2001:db8::1"));
        assertThat(told())
                .containsExactly(
                        "a.test V6",
                        "a.test V4",
                        "delay",
                        "[192.0.2.1] 30 so far",
                        "[2001:db8:0:0:0:0:0:1, 192.0.2.1] 20");
    }

    @Test
    void oneFamilyIsEnough() {
        for (Reply other : List.of(NOTHING, BROKEN)) {
            Lookup lookup = lookup(true, "a.test", "a.search");
            told();
            lookup.answered("a.test", Family.V6, other);
            lookup.answered("a.test", Family.V4, found(30, "192.0.2.1"));
            assertThat(told()).containsExactly("[192.0.2.1] 30");
        }
    }

    @Test
    void asksNotForIpv6WhereThereIsNone() {
        Lookup lookup = lookup(false, "a.test", "b.test");
        assertThat(told()).containsExactly("a.test V4");
        lookup.answered("a.test", Family.V4, NOTHING);
        lookup.answered("b.test", Family.V4, found(9, "192.0.2.1"));
        assertThat(told()).containsExactly("b.test V4", "[192.0.2.1] 9");
    }

    @Test
    void goesThroughTheSearchListNameByName() {
        Lookup lookup = lookup(true, "a.one", "a.two");
        lookup.answered("a.one", Family.V4, NOTHING);
        assertThat(told()).containsExactly("a.one V6", "a.one V4");
        lookup.answered("a.one", Family.V6, NOTHING);
        assertThat(told()).containsExactly("a.two V6", "a.two V4");
        lookup.answered("a.one", Family.V6, found(9, "2001:db8::1"));
        lookup.answered("a.two", Family.V6, NOTHING);
        lookup.answered("a.two", Family.V4, NOTHING);
        assertThat(told()).containsExactly("not found");
    }

    /** Else a server that fails for a moment would make a name mean another one. */
    @Test
    void doesNotSearchOnWhenAServerFails() {
        Lookup lookup = lookup(true, "a.one", "a.two");
        told();
        lookup.answered("a.one", Family.V4, NOTHING);
        lookup.answered("a.one", Family.V6, BROKEN);
        assertThat(told()).containsExactly("failed");
        lookup = lookup(true, "a.one", "a.two");
        told();
        lookup.answered("a.one", Family.V4, new Reply.Broken(true));
        lookup.answered("a.one", Family.V6, NOTHING);
        assertThat(told()).containsExactly("silent");
    }

    @Test
    void searchesForNamesWithoutADotFirstAndForOthersLast() {
        List<String> search = List.of("shop.svc", "Svc.");
        assertThat(Lookup.names("web", search)).containsExactly("web.shop.svc", "web.svc", "web");
        assertThat(Lookup.names("Web.Shop", search)).containsExactly("web.shop", "web.shop.shop.svc", "web.shop.svc");
        assertThat(Lookup.names("web.", search)).containsExactly("web");
        assertThat(Lookup.names("web", List.of())).containsExactly("web");
    }

    @Test
    void familiesTakeTurns() {
        List<InetAddress> addresses = List.of(
                InetAddress.ofLiteral("192.0.2.1"),
                InetAddress.ofLiteral("192.0.2.2"),
                InetAddress.ofLiteral("192.0.2.3"),
                InetAddress.ofLiteral("2001:db8::1"));
        assertThat(Interleave.order(addresses, Family.V6))
                .extracting(InetAddress::getHostAddress)
                .containsExactly("2001:db8:0:0:0:0:0:1", "192.0.2.1", "192.0.2.2", "192.0.2.3");
        assertThat(Interleave.order(addresses, Family.V4))
                .extracting(InetAddress::getHostAddress)
                .containsExactly("192.0.2.1", "2001:db8:0:0:0:0:0:1", "192.0.2.2", "192.0.2.3");
    }

    @Test
    void readsWhatTheMachineSays() {
        ResolverSettings read = ResolverSettings.parse(
                List.of(
                        "# a comment",
                        "domain old.example",
                        "search shop.svc.cluster.local  cluster.local.",
                        "nameserver 10.96.0.10",
                        "nameserver not-an-address",
                        "nameserver",
                        " nameserver fd00::a # of the cluster",
                        "nameserver 192.0.2.1",
                        "nameserver 192.0.2.2",
                        "options ndots:5"),
                false);
        assertThat(read.search()).containsExactly("shop.svc.cluster.local", "cluster.local");
        assertThat(read.servers())
                .extracting(server -> server.getAddress().getHostAddress())
                .containsExactly("10.96.0.10", "fd00:0:0:0:0:0:0:a", "192.0.2.1");
        assertThat(read.servers()).allMatch(server -> server.getPort() == 53);
        assertThat(ResolverSettings.parse(List.of(), true).servers()).isEmpty();
    }
}
