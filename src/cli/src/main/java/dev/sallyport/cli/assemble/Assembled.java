package dev.sallyport.cli.assemble;

import dev.sallyport.api.v1alpha1.ForwardProxy;
import dev.sallyport.api.v1alpha1.ReverseProxy;
import dev.sallyport.cli.read.Document;
import dev.sallyport.cli.read.Manifests;
import dev.sallyport.cli.read.Problem;
import dev.sallyport.control.Control;
import dev.sallyport.control.input.GivenObjects;
import dev.sallyport.control.input.Settings;
import dev.sallyport.control.plan.Plan;
import dev.sallyport.control.resolve.Unresolved;
import dev.sallyport.control.validate.Finding;
import dev.sallyport.model.config.InvalidConfigException;
import dev.sallyport.model.config.RelayConfig;
import dev.sallyport.model.config.SecretBundle;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The plans of all proxies among some objects.
 *
 * @param proxies in the order in which they were read
 * @param unread whether there are objects that are not among them because they could not be read
 * @param problems of all objects, in the order of their files and lines
 */
public record Assembled(List<Proxy> proxies, boolean unread, List<Problem> problems) {
    /** A proxy, where it was read, and what becomes of it. */
    public record Proxy(Document document, Plan plan) {}

    public Assembled {
        proxies = List.copyOf(proxies);
        problems = List.copyOf(problems);
    }

    /**
     * Sends each proxy of {@code manifests} through the stages of {@code control}.
     *
     * @param now by which certificates are judged
     */
    public static Assembled of(Manifests manifests, Settings settings, Instant now) {
        GivenObjects references = new GivenObjects(
                manifests.items().stream().map(Manifests.Item::object).toList());
        List<Proxy> proxies = new ArrayList<>();
        List<Problem> problems = new ArrayList<>(manifests.problems());
        for (Manifests.Item item : manifests.items()) {
            Optional<Plan> plan = switch (item.object()) {
                case ForwardProxy proxy -> Optional.of(Control.plan(proxy, references, settings));
                case ReverseProxy proxy -> Optional.of(Control.plan(proxy, references, settings));
                default -> Optional.empty();
            };
            plan.ifPresent(p -> {
                proxies.add(new Proxy(item.document(), p));
                problems.addAll(problems(item.document(), p, now));
            });
        }
        problems.sort(Comparator.comparing((Problem p) -> p.at().file())
                .thenComparing(p -> p.at().line())
                .thenComparing(p -> p.at().column()));
        return new Assembled(proxies, manifests.problems().stream().anyMatch(Problem::error), problems);
    }

    /** Whether anything was wrong beyond warnings. */
    public boolean hasErrors() {
        return problems.stream().anyMatch(Problem::error);
    }

    /** Whether every object can be served, be it that single rules of it are refused. */
    public boolean isServable() {
        return !unread && proxies.stream().allMatch(proxy -> proxy.plan().served() != null);
    }

    /** Those that are for relays in the pods of applications alone, and so not in {@link #config}, each with a word about it. */
    public List<Problem> leftOut() {
        List<Problem> leftOut = new ArrayList<>();
        for (Proxy proxy : proxies) {
            if (proxy.plan().isForSidecarsAlone()) {
                leftOut.add(new Problem(
                        proxy.document().at("spec.infrastructure.deployment"),
                        proxy.document().title(),
                        "spec.infrastructure.deployment: None is for sidecars alone, so it is not served here: take it away to try it",
                        false));
            }
        }
        return leftOut;
    }

    /**
     * What one relay serves for all proxies but those that are for sidecars.
     *
     * @throws InvalidConfigException when two of them clash
     */
    public RelayConfig config() throws InvalidConfigException {
        List<RelayConfig> configs = new ArrayList<>();
        for (Proxy proxy : proxies) {
            Plan.Served served = proxy.plan().served();
            if (served != null && !proxy.plan().isForSidecarsAlone()) {
                // One bundle holds the secrets of all.
                configs.add(served.snapshot().config().withSecrets(""));
            }
        }
        return RelayConfig.merge(configs).withSecrets(secrets().revision());
    }

    /** What {@link #config} refers to, of all proxies. */
    public SecretBundle secrets() {
        Map<String, byte[]> files = new TreeMap<>();
        for (Proxy proxy : proxies) {
            Plan.Served served = proxy.plan().served();
            if (served != null) {
                files.putAll(served.secrets().files());
            }
        }
        return new SecretBundle(files);
    }

    private static List<Problem> problems(Document document, Plan plan, Instant now) {
        List<Problem> problems = new ArrayList<>();
        List<Finding> findings = new ArrayList<>(plan.allFindings());
        findings.addAll(plan.expired(now));
        for (Finding finding : findings) {
            problems.add(
                    new Problem(document.at(finding.path()), document.title(), finding.toString(), finding.isError()));
        }
        // An object that is not among the files may well be in the cluster: the rule fails closed, the file is not
        // wrong.
        for (Unresolved unresolved : plan.allUnresolved()) {
            problems.add(new Problem(document.at(unresolved.path()), document.title(), unresolved.toString(), false));
        }
        return problems;
    }
}
