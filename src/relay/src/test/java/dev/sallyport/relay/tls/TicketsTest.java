package dev.sallyport.relay.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TicketsTest {
    private static final long START = Long.MAX_VALUE - 10;
    private static final long TURN = Tickets.TURN.toNanos();

    private final AtomicInteger made = new AtomicInteger();
    private final Tickets<Integer> tickets = new Tickets<>(made::incrementAndGet, START);

    @Test
    void makesTicketsWithANewKeyEachTurnAndReadsThoseOfTheOneBefore() {
        assertThat(tickets.keys()).containsExactly(1);
        assertThat(tickets.turn(START + TURN - 1)).isFalse();
        assertThat(tickets.turn(START + TURN)).isTrue();
        assertThat(tickets.keys()).containsExactly(2, 1);
        assertThat(tickets.turn(START + TURN)).isFalse();
        assertThat(tickets.turn(START + 2 * TURN)).isTrue();
        assertThat(tickets.keys()).containsExactly(3, 2);
    }

    @Test
    void forgetsKeysWhoseTicketsHoldNoMoreAfterALongRest() {
        assertThat(tickets.turn(START + 2 * TURN)).isTrue();
        assertThat(tickets.keys()).containsExactly(2);
    }
}
