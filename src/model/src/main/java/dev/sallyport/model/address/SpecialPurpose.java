package dev.sallyport.model.address;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the addresses that are not plainly on the Internet are for: the IANA special-purpose registries (RFC 6890), the
 * metadata services of clouds, and the IPv6 forms that carry an IPv4 address.
 */
public final class SpecialPurpose {
    /** Narrow ones before those that cover them; the first that matches names the range. */
    private static final List<Range> V4 = table(
            "169.254.169.254/32", "cloud metadata address",
            "169.254.170.2/32", "cloud metadata address",
            "169.254.170.23/32", "cloud metadata address",
            "100.100.100.200/32", "cloud metadata address",
            "192.0.0.192/32", "cloud metadata address",
            "168.63.129.16/32", "cloud metadata address",
            "0.0.0.0/32", "unspecified address",
            "0.0.0.0/8", "address of this network",
            "10.0.0.0/8", "private address",
            "100.64.0.0/10", "shared (CGNAT) address",
            "127.0.0.0/8", "loopback address",
            "169.254.0.0/16", "link-local address",
            "172.16.0.0/12", "private address",
            "192.0.0.0/24", "protocol assignment address",
            "192.0.2.0/24", "documentation address",
            "192.88.99.0/24", "6to4 relay address",
            "192.168.0.0/16", "private address",
            "198.18.0.0/15", "benchmarking address",
            "198.51.100.0/24", "documentation address",
            "203.0.113.0/24", "documentation address",
            "224.0.0.0/4", "multicast address",
            "255.255.255.255/32", "broadcast address",
            "240.0.0.0/4", "reserved address");

    private static final List<Range> V6 = table(
            "fd00:ec2::254/128", "cloud metadata address",
            "fd00:ec2::23/128", "cloud metadata address",
            "fd20:ce::254/128", "cloud metadata address",
            "::/128", "unspecified address",
            "::1/128", "loopback address",
            "::/96", "IPv4-compatible address",
            "::ffff:0:0:0/96", "IPv4-translated address",
            "64:ff9b:1::/48", "local NAT64 address",
            "100::/64", "discard-only address",
            "2001::/32", "Teredo address",
            "2001:2::/48", "benchmarking address",
            "2001:db8::/32", "documentation address",
            "2001::/23", "protocol assignment address",
            "2002::/16", "6to4 address",
            "3fff::/20", "documentation address",
            "fc00::/7", "private address",
            "fe80::/10", "link-local address",
            "fec0::/10", "site-local address",
            "ff00::/8", "multicast address");

    private static final Prefix GLOBAL_UNICAST = Prefix.parse("2000::/3");
    /** The IPv6 forms that carry an IPv4 address. */
    private enum Form {
        NAT64("NAT64", "64:ff9b::/96"),
        SIX_TO_FOUR("6to4", "2002::/16"),
        TEREDO("Teredo", "2001::/32"),
        COMPATIBLE("IPv4-compatible", "::/96"),
        TRANSLATED("IPv4-translated", "::ffff:0:0:0/96"),
        /** Under any prefix: the interface identifier tells it. */
        ISATAP("ISATAP", "::/0");

        final String label;
        final Prefix prefix;

        Form(String label, String prefix) {
            this.label = label;
            this.prefix = Prefix.parse(prefix);
        }

        static @Nullable Form of(IpAddress address) {
            boolean loopbackOrUnspecified = address.high() == 0 && address.low() >>> 1 == 0;
            if (address.isV4() || loopbackOrUnspecified) {
                return null;
            }
            for (Form form : values()) {
                if (form != ISATAP && form.prefix.contains(address)) {
                    return form;
                }
            }
            long identifier = address.low() >>> 32;
            return identifier == 0x0000_5efeL || identifier == 0x0200_5efeL ? ISATAP : null;
        }

        List<IpAddress> embedded(IpAddress address) {
            int last = (int) address.low();
            return switch (this) {
                case SIX_TO_FOUR -> List.of(IpAddress.v4((int) (address.high() >>> 16)));
                case TEREDO -> List.of(IpAddress.v4(~last), IpAddress.v4((int) address.high()));
                case NAT64, COMPATIBLE, TRANSLATED, ISATAP -> List.of(IpAddress.v4(last));
            };
        }
    }

    private SpecialPurpose() {}

    private record Range(Prefix prefix, String use) {}

    private static List<Range> table(String... prefixesAndUses) {
        List<Range> table = new ArrayList<>();
        for (int i = 0; i < prefixesAndUses.length; i += 2) {
            table.add(new Range(Prefix.parse(prefixesAndUses[i]), prefixesAndUses[i + 1]));
        }
        return List.copyOf(table);
    }

    private static @Nullable String lookUp(List<Range> table, IpAddress address) {
        for (Range range : table) {
            if (range.prefix.contains(address)) {
                return range.use;
            }
        }
        return null;
    }

    /**
     * What {@code address} is for, such as {@code private address} or {@code loopback address in NAT64 form}; null when
     * it is plainly on the Internet. The texts are stable.
     */
    public static @Nullable String of(IpAddress address) {
        if (address.isV4()) {
            return lookUp(V4, address);
        }
        Form form = Form.of(address);
        if (form != null) {
            for (IpAddress embedded : form.embedded(address)) {
                String use = lookUp(V4, embedded);
                if (use != null) {
                    return use + " in " + form.label + " form";
                }
            }
        }
        String use = lookUp(V6, address);
        boolean internet = GLOBAL_UNICAST.contains(address) || form == Form.NAT64;
        return use != null || internet ? use : "reserved address";
    }

    /**
     * The IPv4 addresses that a packet for {@code address} may end up at: that of the NAT64 (RFC 6052), 6to4, ISATAP
     * (RFC 5214), IPv4-compatible and IPv4-translated forms, client and server of a Teredo address (RFC 4380). None
     * for an IPv4 address.
     */
    public static List<IpAddress> embedded(IpAddress address) {
        Form form = Form.of(address);
        return form == null ? List.of() : form.embedded(address);
    }
}
