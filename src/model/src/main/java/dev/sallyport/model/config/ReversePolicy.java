package dev.sallyport.model.config;

import java.util.List;

/**
 * How the reverse role chooses destinations.
 *
 * @param name {@code namespace/name} of the object
 * @param hostnames the hosts that are served, {@code shop.example.com} or {@code *.shop.example.com} (any depth); empty: all.
 *     Another host is answered 404
 * @param trustedClients the peers whose forwarding fields are believed, as CIDR prefixes; empty: none
 * @param trustsTraces whether a trace that a client's request belongs to goes on; else each request begins one
 * @param rules which requests go where; the most specific match decides (Gateway API's order)
 */
public record ReversePolicy(
        String name,
        List<String> hostnames,
        List<String> trustedClients,
        boolean trustsTraces,
        List<ReverseRule> rules) {

    public ReversePolicy {
        hostnames = Lists.copy(hostnames);
        trustedClients = Lists.copy(trustedClients);
        rules = Lists.copy(rules);
    }

    /** One that goes on with the traces of its clients. */
    public ReversePolicy(String name, List<String> hostnames, List<String> trustedClients, List<ReverseRule> rules) {
        this(name, hostnames, trustedClients, true, rules);
    }

    /** The same with another name and other rules. */
    ReversePolicy with(String otherName, List<ReverseRule> otherRules) {
        return new ReversePolicy(otherName, hostnames, trustedClients, trustsTraces, otherRules);
    }
}
