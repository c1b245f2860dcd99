package dev.sallyport.control.redirect;

import dev.sallyport.control.render.RelayContainer;
import dev.sallyport.model.address.Prefix;
import dev.sallyport.model.config.Inbound;
import dev.sallyport.model.config.RelayPorts;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A plan as one transaction of nftables, for IPv4 and IPv6 alike (Linux 5.2 or newer). It replaces what an earlier one left.
 *
 * <p>Rules look at the first packet of a connection; what follows is the connection's. So a socket that its process has closed,
 * which has no user any more, can still say its last words.
 */
public final class Ruleset {
    static final long RELAY_USER = RelayContainer.UID;

    private final Redirect plan;
    private final StringBuilder text = new StringBuilder();

    private Ruleset(Redirect plan) {
        this.plan = plan;
    }

    /** What {@code nft -f} reads, and {@code nft} as its argument. */
    public static String of(Redirect plan) {
        return new Ruleset(plan).write();
    }

    private String write() {
        line(0, "add table inet sallyport");
        line(0, "delete table inet sallyport");
        line(0, "table inet sallyport {");
        if (plan.outbound() != null) {
            outbound(plan.outbound());
        }
        if (!plan.inbound().isEmpty()) {
            inbound(plan.inbound());
        }
        guardOfTheRelay();
        line(0, "}");
        return text.toString();
    }

    private void outbound(Outbound outbound) {
        chain("let_past");
        line(2, "meta skuid " + RELAY_USER + " accept");
        line(2, "oif lo accept");
        if (!outbound.ports().isEmpty()) {
            line(2, "meta l4proto { tcp, udp } th dport " + set(outbound.ports()) + " accept");
        }
        for (Outbound.Ranges ranges : outbound.narrowestFirst()) {
            String fate = ranges.past() ? "accept" : "return";
            addresses("ip", ranges.prefixes().stream().filter(Prefix::isV4).toList(), fate);
            addresses(
                    "ip6",
                    ranges.prefixes().stream().filter(prefix -> !prefix.isV4()).toList(),
                    fate);
        }
        line(1, "}");

        chain("outbound", "nat hook output priority -100");
        line(2, "jump let_past");
        line(2, "meta l4proto tcp redirect to :" + RelayPorts.SIDECAR_TRANSPARENT);
        line(1, "}");

        chain("outbound_guard", "filter hook output priority 0");
        line(2, "ct state established,related accept");
        line(2, "ct status dnat accept");
        line(2, "jump let_past");
        line(2, "meta l4proto { icmp, icmpv6 } accept");
        line(2, "reject with icmpx type port-unreachable");
        line(1, "}");
    }

    private void inbound(List<Inbound> ports) {
        chain("inbound", "nat hook prerouting priority -100");
        line(2, "iif lo accept");
        for (Inbound port : ports) {
            line(2, "tcp dport " + port.applicationPort() + " redirect to :" + port.port());
        }
        line(1, "}");
    }

    /** Asked by their own numbers, these ports would not know what was meant. */
    private void guardOfTheRelay() {
        String ports = "tcp dport { " + RelayPorts.SIDECAR_TRANSPARENT + ", " + RelayPorts.SIDECAR_INBOUND + "-"
                + (RelayPorts.SIDECAR_INBOUND + RelayPorts.SIDECAR_INBOUND_MOST - 1) + " } ";
        chain("relay_guard", "filter hook input priority 0");
        line(2, ports + "ct status dnat accept");
        line(2, ports + "reject with tcp reset");
        line(1, "}");
    }

    private void addresses(String family, List<Prefix> prefixes, String fate) {
        if (!prefixes.isEmpty()) {
            line(2, family + " daddr " + set(prefixes) + " " + fate);
        }
    }

    private static String set(List<?> members) {
        return members.stream().map(Object::toString).collect(Collectors.joining(", ", "{ ", " }"));
    }

    private void chain(String name) {
        line(1, "chain " + name + " {");
    }

    private void chain(String name, String hook) {
        chain(name);
        line(2, "type " + hook + "; policy accept;");
    }

    private void line(int depth, String line) {
        text.append("    ".repeat(depth)).append(line).append('\n');
    }
}
