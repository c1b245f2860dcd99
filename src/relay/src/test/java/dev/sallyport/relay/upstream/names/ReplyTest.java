package dev.sallyport.relay.upstream.names;

import static dev.sallyport.relay.upstream.names.Replies.good;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReplyTest {
    private static Reply.Addresses addresses(long ttl, String... literals) {
        return new Reply.Addresses(
                Arrays.stream(literals).map(InetAddress::ofLiteral).toList(), ttl);
    }

    @Test
    void takesTheAddressesOfTheName() {
        assertThat(good().address("a.test", 60, "192.0.2.1")
                        .address("A.Test", 30, "192.0.2.2")
                        .address("a.test", 60, "192.0.2.1")
                        .address("a.test", 5, "2001:db8::1")
                        .read("a.test", Family.V4))
                .isEqualTo(addresses(30, "192.0.2.1", "192.0.2.2"));
        assertThat(good().address("a.test", 5, "2001:db8::1").read("a.test", Family.V6))
                .isEqualTo(addresses(5, "2001:db8::1"));
    }

    @Test
    void followsAliasesToTheirEndAndKeepsTheShortestTime() {
        assertThat(good().alias("a.test", 20, "b.test")
                        .address("c.test", 300, "192.0.2.1")
                        .alias("b.test", 100, "c.test")
                        .read("a.test", Family.V4))
                .isEqualTo(addresses(20, "192.0.2.1"));
        assertThat(good().alias("a.test", 20, "b.test").read("a.test", Family.V4))
                .isEqualTo(new Reply.Alias("b.test", 20));
    }

    @Test
    void passesOverWhatWasNotAskedFor() {
        assertThat(good().address("evil.test", 60, "192.0.2.66")
                        .alias("evil.test", 60, "a.test")
                        .read("a.test", Family.V4))
                .isEqualTo(new Reply.Nothing());
        assertThat(good().record("a.test", DnsRecordType.A, 60, new byte[] {1, 2, 3})
                        .record("a.test", DnsRecordType.A, 60, new byte[16])
                        .record("a.test", DnsRecordType.TXT, 60, new byte[4])
                        .read("a.test", Family.V4))
                .isEqualTo(new Reply.Nothing());
    }

    @Test
    void anIpv4AddressInTheFormOfAnIpv6OneIsOneOfIpv4() {
        byte[] mapped = new byte[16];
        mapped[10] = mapped[11] = (byte) 0xFF;
        mapped[12] = 127;
        mapped[15] = 1;
        assertThat(good().record("a.test", DnsRecordType.AAAA, 60, mapped).read("a.test", Family.V6))
                .isEqualTo(addresses(60, "127.0.0.1"));
        assertThat(Family.of(InetAddress.ofLiteral("::ffff:127.0.0.1"))).isEqualTo(Family.V4);
    }

    @Test
    void isNotLedInCirclesAndTakesOnlySoMany() {
        assertThat(good().alias("a.test", 60, "b.test")
                        .alias("b.test", 60, "a.test")
                        .read("a.test", Family.V4))
                .isEqualTo(new Reply.Broken(false));
        Replies many = good();
        IntStream.range(0, 100).forEach(i -> many.address("a.test", 60, "192.0.2." + i));
        assertThat(((Reply.Addresses) many.read("a.test", Family.V4)).addresses())
                .hasSize(Reply.MOST_ADDRESSES);
    }

    @Test
    void tellsNoSuchNameFromAServerThatFails() {
        assertThat(Replies.of(DnsResponseCode.NXDOMAIN).read("a.test", Family.V4))
                .isEqualTo(new Reply.Nothing());
        assertThat(good().read("a.test", Family.V4)).isEqualTo(new Reply.Nothing());
        for (DnsResponseCode code :
                List.of(DnsResponseCode.SERVFAIL, DnsResponseCode.REFUSED, DnsResponseCode.FORMERR)) {
            assertThat(Replies.of(code).address("a.test", 60, "192.0.2.1").read("a.test", Family.V4))
                    .isEqualTo(new Reply.Broken(false));
        }
        assertThat(good().truncated().address("a.test", 60, "192.0.2.1").read("a.test", Family.V4))
                .isEqualTo(new Reply.Broken(false));
    }
}
