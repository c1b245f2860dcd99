package dev.sallyport.relay.upstream.names;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.role.ProxyError;
import dev.sallyport.relay.loop.Loop;
import dev.sallyport.relay.loop.Loops;
import dev.sallyport.relay.loop.Transport;
import dev.sallyport.relay.record.Metrics;
import dev.sallyport.relay.rig.Await;
import dev.sallyport.relay.rig.NameServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Names, asked of a name server over sockets. */
class NamesTest {
    private static final long SECOND = 1_000_000_000;

    private final NameServer server = new NameServer(Map.of(
            "both.test", List.of("192.0.2.1", "2001:db8::1"),
            "web.svc.test", List.of("192.0.2.2"),
            "v6.test", List.of("2001:db8::2"),
            "long.test", List.of("192.0.2.3")));
    private final Metrics metrics = new Metrics();
    private final AtomicLong clock = new AtomicLong(System.nanoTime());
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private Loops loops = Loops.NONE;

    @AfterEach
    void end() {
        loops.stop().join();
        server.close();
    }

    private Names names(ResolverSettings settings, Transport transport) {
        loops = Loops.start(1, transport);
        return new Names(loop(), metrics.forLoop(), () -> settings, clock::get);
    }

    private Names names(ResolverSettings settings) {
        return names(settings, Transport.best());
    }

    private Loop loop() {
        return loops.all().getFirst();
    }

    private void ask(Names names, String host) {
        loop().run(() -> names.resolve(host, new Names.Listener() {
            @Override
            public void resolved(List<InetAddress> addresses, boolean last) {
                told.add(addresses.stream().map(InetAddress::getHostAddress).toList() + (last ? "" : " so far"));
            }

            @Override
            public void unresolved(ProxyError error, String detail) {
                told.add(error.token());
            }
        }));
    }

    private String next() throws InterruptedException {
        String next = told.poll(10, TimeUnit.SECONDS);
        return next == null ? "nothing" : next;
    }

    private String answer(Names names, String host) throws InterruptedException {
        ask(names, host);
        return next();
    }

    private void results(String result, int count) {
        assertThat(metrics.text()).contains("sallyport_name_lookups_total{result=\"" + result + "\"} " + count + "\n");
    }

    @ParameterizedTest
    @EnumSource
    void findsBothFamiliesAndAsksOnce(Transport transport) throws Exception {
        Names names = names(server.provider(), transport);
        loop().run(() -> {
            for (int i = 0; i < 3; i++) {
                ask(names, "both.test");
            }
        });
        for (int i = 0; i < 3; i++) {
            String found = next();
            // Under load one of the two may come much later than the other.
            assertThat(found.endsWith(" so far") ? next() : found).contains("192.0.2.1");
        }
        Await.until("both are known", () -> server.asked().size() == 2);
        assertThat(answer(names, "both.test")).isEqualTo("[2001:db8:0:0:0:0:0:1, 192.0.2.1]");
        assertThat(server.asked()).containsExactlyInAnyOrder("both.test A", "both.test AAAA");
        results("found", 3);
        results("hit", 1);
        loop().run(() -> names.reached("both.test", InetAddress.ofLiteral("192.0.2.1")));
        assertThat(answer(names, "both.test")).isEqualTo("[192.0.2.1, 2001:db8:0:0:0:0:0:1]");
    }

    @Test
    void goesOnWithTheFamilyThatAnswers() throws Exception {
        server.silence("both.test AAAA");
        Names names = names(server.provider());
        assertThat(answer(names, "both.test")).isEqualTo("[192.0.2.1] so far");
        assertThat(next()).as("when the other one is given up").isEqualTo("[]");
        assertThat(answer(names, "both.test")).isEqualTo("[192.0.2.1]");
    }

    @Test
    void asksOverTcpWhatIsTooLong() throws Exception {
        Names names = names(server.provider());
        String found = answer(names, "long.test");
        assertThat(found).startsWith("[192.0.2.3]");
    }

    @Test
    void searchesBelowDomains() throws Exception {
        Names names = names(server.provider(List.of("nowhere.test", "svc.test")));
        assertThat(answer(names, "web")).startsWith("[192.0.2.2]");
        assertThat(server.asked()).doesNotContain("web A");
        assertThat(answer(names, "v6.test")).startsWith("[2001:db8:0:0:0:0:0:2]");
        assertThat(answer(names, "no.test")).isEqualTo("dns_error");
        assertThat(server.asked()).containsSubsequence("no.test A", "no.test.svc.test A");
        results("not_found", 1);
    }

    @Test
    void goesToTheNextServerWhenOneIsSilentOrFails() throws Exception {
        try (NameServer failing = new NameServer(Map.of())) {
            failing.failing(true);
            failing.silence("both.test");
            Names names = names(new ResolverSettings(List.of(failing.address(), server.address()), List.of(), false));
            assertThat(answer(names, "long.test")).isEqualTo("[192.0.2.3]");
            assertThat(answer(names, "both.test")).isEqualTo("[192.0.2.1]");
            assertThat(failing.asked()).contains("long.test A", "both.test A");
        }
    }

    @Test
    void asksNobodyWhenThereIsNobodyToAsk() throws Exception {
        Names names = names(new ResolverSettings(List.of(), List.of(), true));
        assertThat(answer(names, "both.test")).isEqualTo("dns_error");
        assertThat(answer(names, "192.0.2.9")).isEqualTo("[192.0.2.9]");
        assertThat(answer(names, "::ffff:192.0.2.9")).isEqualTo("[192.0.2.9]");
        assertThat(answer(names, "localhost")).contains("127.0.0.1");
        results("failed", 1);
    }

    @Test
    void neverAsksForWhatIsNoName() throws Exception {
        Names names = names(server.provider());
        assertThat(answer(names, "a..test")).isEqualTo("dns_error");
        assertThat(answer(names, "x".repeat(64) + ".test")).isEqualTo("dns_error");
        assertThat(server.asked()).isEmpty();
    }

    @Test
    void usesWhatHasRunOutForAMinuteWhenTheServersFail() throws Exception {
        ResolverSettings v4 = new ResolverSettings(List.of(server.address()), List.of(), false);
        Names names = names(v4);
        assertThat(answer(names, "both.test")).isEqualTo("[192.0.2.1]");
        server.failing(true);
        clock.addAndGet(59 * SECOND);
        assertThat(answer(names, "both.test")).as("is still good").isEqualTo("[192.0.2.1]");
        clock.addAndGet(2 * SECOND);
        assertThat(answer(names, "both.test")).isEqualTo("[192.0.2.1]");
        results("stale", 1);
        int asked = server.asked().size();
        assertThat(answer(names, "both.test")).isEqualTo("[192.0.2.1]");
        assertThat(server.asked()).as("leaves the servers alone for a while").hasSize(asked);
        clock.addAndGet(6 * SECOND);
        assertThat(answer(names, "both.test")).isEqualTo("[192.0.2.1]");
        Await.until("asks again beside it", () -> server.asked().size() > asked);
        results("stale", 3);
        clock.addAndGet(60 * SECOND);
        assertThat(answer(names, "both.test")).as("not for longer").isEqualTo("dns_error");
        server.failing(false);
        assertThat(answer(names, "both.test")).isEqualTo("[192.0.2.1]");
    }

    @Test
    void doesNotWaitLongForServersThatKeepSilentWhenThereIsSomethingStale() throws Exception {
        Names names = names(new ResolverSettings(List.of(server.address()), List.of(), false));
        assertThat(answer(names, "both.test")).isEqualTo("[192.0.2.1]");
        server.silence("both.test");
        clock.addAndGet(61 * SECOND);
        assertThat(answer(names, "both.test")).isEqualTo("[192.0.2.1]");
        results("stale", 1);
    }

    @Test
    void thatANameHasGoneIsNoFailure() throws Exception {
        Names names = names(new ResolverSettings(List.of(server.address()), List.of(), false));
        assertThat(answer(names, "gone.test")).isEqualTo("dns_error");
        int asked = server.asked().size();
        assertThat(answer(names, "gone.test")).isEqualTo("dns_error");
        assertThat(server.asked()).as("is known for a moment").hasSize(asked);
        clock.addAndGet(SECOND);
        assertThat(answer(names, "gone.test")).isEqualTo("dns_error");
        assertThat(server.asked()).hasSize(asked + 1);
    }

    @Test
    void aServerThatRefusesConnectionsCannotSay() throws Exception {
        InetSocketAddress gone = server.address();
        server.close();
        Names names = names(new ResolverSettings(List.of(gone), List.of(), false));
        assertThat(answer(names, "both.test")).startsWith("dns_");
    }
}
