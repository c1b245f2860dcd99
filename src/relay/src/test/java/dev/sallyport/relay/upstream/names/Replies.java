package dev.sallyport.relay.upstream.names;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DefaultDnsResponse;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;

/** Makes responses. */
final class Replies {
    private final DnsResponse response = new DefaultDnsResponse(1);

    static Replies of(DnsResponseCode code) {
        Replies made = new Replies();
        made.response.setCode(code);
        return made;
    }

    static Replies good() {
        return of(DnsResponseCode.NOERROR);
    }

    Replies truncated() {
        response.setTruncated(true);
        return this;
    }

    Replies address(String name, long ttl, String literal) {
        byte[] octets = InetAddress.ofLiteral(literal).getAddress();
        return record(name, octets.length == 4 ? DnsRecordType.A : DnsRecordType.AAAA, ttl, octets);
    }

    Replies alias(String name, long ttl, String target) {
        ByteBuf encoded = Unpooled.buffer();
        for (String label : target.split("\\.")) {
            encoded.writeByte(label.length()).writeBytes(label.getBytes(StandardCharsets.ISO_8859_1));
        }
        encoded.writeByte(0);
        response.addRecord(DnsSection.ANSWER, new DefaultDnsRawRecord(name + ".", DnsRecordType.CNAME, ttl, encoded));
        return this;
    }

    Replies record(String name, DnsRecordType type, long ttl, byte[] content) {
        response.addRecord(
                DnsSection.ANSWER, new DefaultDnsRawRecord(name + ".", type, ttl, Unpooled.wrappedBuffer(content)));
        return this;
    }

    Reply read(String name, Family family) {
        try {
            return Reply.read(response, name, family);
        } finally {
            response.release();
        }
    }
}
