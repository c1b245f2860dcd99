package dev.sallyport.relay.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class CrowdTest {
    private final Crowd crowd = new Crowd();

    @Test
    void countsUpToTheLimit() {
        assertThat(crowd.enter(2)).isTrue();
        assertThat(crowd.enter(2)).isTrue();
        assertThat(crowd.enter(2)).isFalse();
        crowd.leave();
        assertThat(crowd.enter(2)).isTrue();
        assertThat(crowd.enter(0)).as("0 is no limit").isTrue();
        assertThat(crowd.enter(3)).as("but all are counted").isFalse();
    }

    @Test
    void countsEachAddressByItself() {
        InetAddress one = InetAddress.ofLiteral("192.0.2.1");
        InetAddress other = InetAddress.ofLiteral("192.0.2.2");
        assertThat(crowd.enter(one, 1)).isTrue();
        assertThat(crowd.enter(one, 1)).isFalse();
        assertThat(crowd.enter(other, 1)).isTrue();
        crowd.leave(one);
        assertThat(crowd.enter(one, 1)).isTrue();
    }

    @Test
    void takesANetworkOfIpv6ForOneAddress() {
        assertThat(crowd.enter(InetAddress.ofLiteral("2001:db8:0:1::1"), 1)).isTrue();
        assertThat(crowd.enter(InetAddress.ofLiteral("2001:db8:0:1:ffff::2"), 1))
                .isFalse();
        assertThat(crowd.enter(InetAddress.ofLiteral("2001:db8:0:2::1"), 1)).isTrue();
        assertThat(crowd.enter(InetAddress.ofLiteral("::1"), 1)).isTrue();
        assertThat(crowd.enter(InetAddress.ofLiteral("127.0.0.1"), 1)).isTrue();
        assertThat(crowd.enter(InetAddress.ofLiteral("::ffff:127.0.0.1"), 1)).isFalse();
    }

    @Test
    void keepsNothingOfThoseWhoAreGone() {
        for (int i = 0; i < 1000; i++) {
            InetAddress address = InetAddress.ofLiteral("10.0." + i / 256 + "." + i % 256);
            crowd.enter(0);
            crowd.enter(address, 5);
        }
        assertThat(crowd.isEmpty()).isFalse();
        for (int i = 0; i < 1000; i++) {
            crowd.leave(InetAddress.ofLiteral("10.0." + i / 256 + "." + i % 256));
            crowd.leave();
        }
        assertThat(crowd.isEmpty()).isTrue();
    }
}
