package dev.sallyport.control.inject;

import dev.sallyport.control.input.Settings;
import dev.sallyport.control.redirect.Outbound;
import dev.sallyport.control.validate.Findings;
import dev.sallyport.model.address.Prefix;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** What goes out by redirection, and what goes past the relay. */
final class Egress {
    static final String EXCLUDE_PORTS = "exclude-outbound-ports";
    static final String EXCLUDE_CIDRS = "exclude-outbound-cidrs";
    static final String INCLUDE_CIDRS = "include-outbound-cidrs";

    private final Map<String, String> annotations;
    private final Findings findings;

    private Egress(Map<String, String> annotations, Findings findings) {
        this.annotations = annotations;
        this.findings = findings;
    }

    static Outbound read(Map<String, String> annotations, Settings settings, Findings findings) {
        return new Egress(annotations, findings).read(settings);
    }

    private Outbound read(Settings settings) {
        List<Prefix> excluded = ranges(EXCLUDE_CIDRS);
        List<Prefix> included = ranges(INCLUDE_CIDRS);
        excluded.stream()
                .filter(included::contains)
                .forEach(range -> findings.error(
                        Choices.path(INCLUDE_CIDRS), range + " is excluded too", "take it away here or there"));
        List<Prefix> past = Stream.concat(settings.clusterRanges().stream().map(Prefix::parse), excluded.stream())
                .filter(range -> !included.contains(range))
                .distinct()
                .toList();
        var outbound = new Outbound(past, included, ports());
        if (!outbound.reachesNameServers()) {
            findings.error(
                    Choices.path(EXCLUDE_CIDRS),
                    "no name server can be reached, as nothing is let past",
                    "tell the operator the cluster's ranges (SALLYPORT_CLUSTER_RANGES), or give that of the name servers");
        }
        return outbound;
    }

    private List<Integer> ports() {
        return list(EXCLUDE_PORTS, Egress::port, "give numbers from 1 to 65535, with commas between them");
    }

    private static Integer port(String text) {
        int port = text.matches("[1-9][0-9]{0,4}") ? Integer.parseInt(text) : 0;
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("'" + text + "' is not a port");
        }
        return port;
    }

    private List<Prefix> ranges(String key) {
        return list(key, Prefix::parse, "give ranges such as 10.0.0.0/8 and fd00::/8, with commas between them");
    }

    private <T> List<T> list(String key, Function<String, T> read, String remedy) {
        String given = annotations.get(Choices.PREFIX + key);
        Set<T> list = new LinkedHashSet<>();
        for (String word : given == null ? List.<String>of() : Arrays.asList(given.split(",", -1))) {
            try {
                list.add(read.apply(word.strip()));
            } catch (IllegalArgumentException e) {
                findings.error(Choices.path(key), String.valueOf(e.getMessage()), remedy);
            }
        }
        return List.copyOf(list);
    }
}
