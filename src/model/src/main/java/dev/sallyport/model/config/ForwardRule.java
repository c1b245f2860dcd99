package dev.sallyport.model.config;

import java.util.List;

/**
 * One rule of a {@link ForwardPolicy}. It matches a request for one of its hosts, on one of the ports, with one of the methods.
 *
 * @param name unique in its policy; {@code rules[3]} or {@code allow[0]} where the object gives none
 * @param action what a match means
 * @param mode {@code REPORT}: a deny is only recorded, an allow grants nothing
 * @param hosts host patterns ({@code example.com}, {@code *.example.com}, {@code .example.com}, {@code *} or an IP
 *     address literal) in A-label form and lower case, each with an optional {@code :port}
 * @param ports the ports where an entry of {@code hosts} names none; empty: 80 and 443 for an allow, all for a deny
 * @param methods the methods, {@code CONNECT} for tunnels; empty: all
 * @param unresolved why the rule could not be resolved, or empty. An unresolved allow grants nothing; an unresolved deny
 *     denies all that its other conditions match
 */
public record ForwardRule(
        String name,
        Action action,
        Mode mode,
        List<String> hosts,
        List<Integer> ports,
        List<String> methods,
        String unresolved) {

    public ForwardRule {
        hosts = Lists.copy(hosts);
        ports = Lists.copy(ports);
        methods = Lists.copy(methods);
        unresolved = unresolved == null ? "" : unresolved;
    }

    /** What a match of a rule means. */
    public enum Action {
        ALLOW,
        DENY
    }
}
