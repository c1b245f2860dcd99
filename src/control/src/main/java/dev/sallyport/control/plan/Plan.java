package dev.sallyport.control.plan;

import dev.sallyport.control.input.Subject;
import dev.sallyport.control.resolve.Certificate;
import dev.sallyport.control.resolve.Unresolved;
import dev.sallyport.control.validate.Finding;
import dev.sallyport.model.config.ClientLimits;
import dev.sallyport.model.config.SecretBundle;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of an object.
 *
 * @param findings about what belongs to no rule
 * @param unresolved references to certificates that lead to nothing that can be used
 * @param certificates those that it shows
 * @param rules all of its rules, in its order
 * @param served what is to run; null when the object cannot be used, and then whatever runs for it is left as it is
 */
public record Plan(
        Subject subject,
        List<Finding> findings,
        List<Unresolved> unresolved,
        List<Certificate> certificates,
        List<Rule> rules,
        @Nullable Served served) {
    public Plan {
        findings = List.copyOf(findings);
        unresolved = List.copyOf(unresolved);
        certificates = List.copyOf(certificates);
        rules = List.copyOf(rules);
    }

    /**
     * What runs.
     *
     * @param snapshot what the relays serve
     * @param secrets what the snapshot refers to
     * @param workload what they are run as
     * @param applications what relays in the pods of applications must know beyond that; null for a forward proxy
     */
    public record Served(
            Snapshot snapshot,
            SecretBundle secrets,
            Workload workload,
            @Nullable Applications applications) {}

    /**
     * The applications behind a reverse proxy.
     *
     * @param limits of their clients
     * @param selectors the labels of the pods behind each cluster, as {@code KEY=VALUE}
     */
    public record Applications(ClientLimits limits, Map<String, List<String>> selectors) {
        public Applications {
            selectors = Map.copyOf(selectors);
        }
    }

    /** Whether it is for relays in the pods of applications, and has none of its own. */
    public boolean isForSidecarsAlone() {
        return served != null && !served.workload().running().deployed();
    }

    /**
     * What became of a rule.
     *
     * @param name as records give it
     * @param findings about it
     * @param unresolved its references that lead nowhere
     * @param endpoints behind its references; null for rules without references
     */
    public record Rule(
            String name,
            List<Finding> findings,
            List<Unresolved> unresolved,
            @Nullable Endpoints endpoints) {
        public Rule {
            findings = List.copyOf(findings);
            unresolved = List.copyOf(unresolved);
        }

        /** Whether the rule is served as its owner wrote it, so far as this can be seen from here. */
        public boolean isWell() {
            return isAccepted() && unresolved.isEmpty() && (endpoints == null || endpoints.ready() > 0);
        }

        public boolean isAccepted() {
            return findings.stream().noneMatch(Finding::isError);
        }
    }

    /** How many endpoints take requests, of how many. */
    public record Endpoints(int ready, int total) {
        @Override
        public String toString() {
            return ready + "/" + total;
        }
    }

    /** About the whole object and all of its rules. */
    public List<Finding> allFindings() {
        return Stream.concat(findings.stream(), rules.stream().flatMap(rule -> rule.findings().stream()))
                .distinct()
                .toList();
    }

    /** Of the object and of all rules. */
    public List<Unresolved> allUnresolved() {
        return Stream.concat(unresolved.stream(), rules.stream().flatMap(rule -> rule.unresolved().stream()))
                .toList();
    }

    /** When what {@link #expired} says changes next by itself; empty: never again. */
    public Optional<Instant> nextExpiry(Instant now) {
        return certificates.stream()
                .flatMap(certificate -> Stream.of(
                        certificate.notBefore(), certificate.notAfter().plusSeconds(1)))
                .filter(now::isBefore)
                .min(Comparator.naturalOrder());
    }

    /** What to say of the certificates that are not valid at a time. They are shown all the same: clients judge them. */
    public List<Finding> expired(Instant now) {
        return certificates.stream()
                .filter(certificate -> now.isBefore(certificate.notBefore()) || now.isAfter(certificate.notAfter()))
                .map(certificate -> new Finding(
                        certificate.path(),
                        "the certificate in Secret " + certificate.secret()
                                + (now.isAfter(certificate.notAfter())
                                        ? " expired at " + certificate.notAfter()
                                        : " is not valid before " + certificate.notBefore()),
                        "put one that is valid into the Secret",
                        Finding.Reason.UNWISE))
                .toList();
    }
}
