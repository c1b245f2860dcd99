package dev.sallyport.relay.upstream.names;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.dns.DefaultDnsRecordDecoder;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a name server says of a name. */
sealed interface Reply {
    /** More than anybody needs. */
    int MOST_ADDRESSES = 16;

    /** More CNAME records in a row than any name has. */
    int LONGEST_CHAIN = 8;

    /** @param ttl in seconds, the shortest of all records that led to the addresses */
    record Addresses(List<InetAddress> addresses, long ttl) implements Reply {}

    /** The name is another one, of which the server says nothing. */
    record Alias(String name, long ttl) implements Reply {}

    /** There is no such name, or it has no addresses of the kind. */
    record Nothing() implements Reply {}

    /**
     * The server could not say.
     *
     * @param silent whether it did not even answer
     */
    record Broken(boolean silent) implements Reply {}

    /**
     * Reads the answer to a question. Only records are taken to which the chain of aliases leads from the name that was
     * asked for, whatever else the server tells.
     *
     * @param name in lower case, without a dot at its end
     */
    static Reply read(DnsResponse response, String name, Family family) {
        if (response.code().intValue() == DnsResponseCode.NXDOMAIN.intValue()) {
            return new Nothing();
        }
        if (response.code().intValue() != DnsResponseCode.NOERROR.intValue() || response.isTruncated()) {
            return new Broken(false);
        }
        String at = name;
        long ttl = Long.MAX_VALUE;
        for (int aliases = 0; aliases <= LONGEST_CHAIN; aliases++) {
            List<InetAddress> addresses = new ArrayList<>();
            DnsRawRecord alias = null;
            int count = response.count(DnsSection.ANSWER);
            for (int i = 0; i < count; i++) {
                DnsRecord record = response.recordAt(DnsSection.ANSWER, i);
                if (!(record instanceof DnsRawRecord raw)
                        || raw.dnsClass() != DnsRecord.CLASS_IN
                        || !normal(raw.name()).equals(at)) {
                    continue;
                }
                if (raw.type().equals(family.type)) {
                    InetAddress address = address(raw.content(), family);
                    if (address != null && !addresses.contains(address) && addresses.size() < MOST_ADDRESSES) {
                        addresses.add(address);
                        ttl = Math.min(ttl, raw.timeToLive());
                    }
                } else if (raw.type().equals(DnsRecordType.CNAME)) {
                    alias = raw;
                }
            }
            if (!addresses.isEmpty()) {
                return new Addresses(List.copyOf(addresses), ttl);
            }
            if (alias == null) {
                return at.equals(name) ? new Nothing() : new Alias(at, ttl);
            }
            ttl = Math.min(ttl, alias.timeToLive());
            at = normal(DefaultDnsRecordDecoder.decodeName(alias.content().duplicate()));
        }
        return new Broken(false);
    }

    private static @Nullable InetAddress address(ByteBuf content, Family family) {
        if (content.readableBytes() != family.octets) {
            return null;
        }
        byte[] octets = new byte[family.octets];
        content.getBytes(content.readerIndex(), octets);
        try {
            // An IPv4 address in the form of an IPv6 one becomes one of IPv4.
            return InetAddress.getByAddress(octets);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Names are compared so. */
    static String normal(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
