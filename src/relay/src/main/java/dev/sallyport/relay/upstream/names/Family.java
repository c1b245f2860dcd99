package dev.sallyport.relay.upstream.names;

import io.netty.handler.codec.dns.DnsRecordType;
import java.net.Inet4Address;
import java.net.InetAddress;

/** A kind of addresses. */
enum Family {
    V6(DnsRecordType.AAAA, 16),
    V4(DnsRecordType.A, 4);

    final DnsRecordType type;
    final int octets;

    Family(DnsRecordType type, int octets) {
        this.type = type;
        this.octets = octets;
    }

    static Family of(InetAddress address) {
        return address instanceof Inet4Address ? V4 : V6;
    }
}
