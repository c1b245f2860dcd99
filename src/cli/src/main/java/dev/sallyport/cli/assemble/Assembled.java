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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

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

    /** Sends each proxy of {@code manifests} through the stages of {@code control}. */
    public static Assembled of(Manifests manifests, Settings settings) {
        GivenObjects references = new GivenObjects(
                manifests.items().stream().map(Manifests.Item::object).toList());
        List<Proxy> proxies = new ArrayList<>();
        List<Problem> problems = new ArrayList<>(manifests.problems());
        for (Manifests.Item item : manifests.items()) {
            Optional<Plan> plan = switch (item.object()) {
                case ForwardProxy proxy -> Optional.of(Control.plan(proxy, settings));
                case ReverseProxy proxy -> Optional.of(Control.plan(proxy, references, settings));
                default -> Optional.empty();
            };
            plan.ifPresent(p -> {
                proxies.add(new Proxy(item.document(), p));
                problems.addAll(problems(item.document(), p));
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

    /**
     * What one relay serves for all proxies.
     *
     * @throws InvalidConfigException when two of them clash
     */
    public RelayConfig config() throws InvalidConfigException {
        List<RelayConfig> configs = new ArrayList<>();
        for (Proxy proxy : proxies) {
            Plan.Served served = proxy.plan().served();
            if (served != null) {
                configs.add(served.snapshot().config());
            }
        }
        return RelayConfig.merge(configs);
    }

    private static List<Problem> problems(Document document, Plan plan) {
        List<Problem> problems = new ArrayList<>();
        for (Finding finding : plan.allFindings()) {
            problems.add(
                    new Problem(document.at(finding.path()), document.title(), finding.toString(), finding.isError()));
        }
        // A Service that is not among the files may well be in the cluster: the rule fails closed, the file is not
        // wrong.
        for (Unresolved unresolved : plan.allUnresolved()) {
            problems.add(new Problem(document.at(unresolved.path()), document.title(), unresolved.toString(), false));
        }
        return problems;
    }
}
