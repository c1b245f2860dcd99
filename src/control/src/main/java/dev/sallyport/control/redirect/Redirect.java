package dev.sallyport.control.redirect;

import dev.sallyport.model.config.Inbound;
import dev.sallyport.model.config.RelayPorts;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What of a pod's traffic its kernel leads to the relay in the pod.
 *
 * @param outbound what goes out; null leaves it all alone
 * @param inbound the ways in, in the place of the application's ports
 */
public record Redirect(@Nullable Outbound outbound, List<Inbound> inbound) {
    public Redirect {
        inbound = List.copyOf(inbound);
    }

    /**
     * One line of the account of a plan. Of the lines of one direction the first that fits decides.
     *
     * @param direction {@code out} or {@code in}
     * @param what of the traffic
     * @param fate what becomes of it
     */
    public record Line(String direction, String what, String fate) {}

    /** The plan in words, in the order in which the kernel decides. */
    public List<Line> account() {
        List<Line> lines = new ArrayList<>();
        if (outbound != null) {
            lines.add(new Line("out", "of user " + Ruleset.RELAY_USER + ", the relay's", "let past"));
            lines.add(new Line("out", "to the pod itself", "let past"));
            if (!outbound.ports().isEmpty()) {
                lines.add(new Line("out", "TCP and UDP to ports " + joined(outbound.ports()), "let past"));
            }
            for (Outbound.Ranges ranges : outbound.narrowestFirst()) {
                lines.add(new Line(
                        "out",
                        (ranges.past() ? "to " : "TCP to ") + joined(ranges.prefixes()),
                        ranges.past() ? "let past" : "to the relay, port " + RelayPorts.SIDECAR_TRANSPARENT));
            }
            lines.add(new Line("out", "other TCP", "to the relay, port " + RelayPorts.SIDECAR_TRANSPARENT));
            lines.add(new Line("out", "ICMP, ICMPv6", "let past"));
            lines.add(new Line("out", "all else, such as UDP", "rejected"));
        }
        for (Inbound port : inbound) {
            lines.add(new Line("in", "TCP to port " + port.applicationPort(), "to the relay, port " + port.port()));
        }
        lines.add(new Line("in", "TCP to the relay's ports, not by redirection", "rejected"));
        lines.add(new Line("in", "all else", "let past"));
        return lines;
    }

    private static String joined(List<?> list) {
        return list.stream().map(Object::toString).collect(Collectors.joining(", "));
    }
}
