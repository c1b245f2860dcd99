package dev.sallyport.cli;

import dev.sallyport.cli.assemble.Assembled;
import dev.sallyport.cli.read.Document;
import dev.sallyport.cli.read.Manifests;
import dev.sallyport.cli.read.Problem;
import dev.sallyport.cli.schema.Crds;
import dev.sallyport.cli.show.Style;
import dev.sallyport.control.input.Settings;
import dev.sallyport.control.plan.Plan;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Says what the API server and the operator would say. */
@Command(
        name = "validate",
        description = {
            "Say what is wrong with the objects in files, with positions, in the words of the API server and of status.",
            "Ends with status 0 when all are accepted, 1 when one is not."
        },
        mixinStandardHelpOptions = true)
final class ValidateCommand implements Callable<Integer> {
    @Mixin
    private Source source = new Source();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Manifests manifests = source.read(Crds.bundled());
        Assembled assembled = Assembled.of(
                manifests,
                Settings.pods(Version.CURRENT, "sallyport-relay", "sallyport-redirect", "sallyport-system", List.of()),
                Instant.now());
        boolean colours = Style.wanted();
        for (Problem problem : assembled.problems()) {
            out.println((problem.error() ? Style.BAD : Style.WARNING).of(problem.toString(), colours));
        }
        for (Assembled.Proxy proxy : assembled.proxies()) {
            out.println(proxy.document().title() + ": " + verdict(proxy.plan()));
        }
        if (!manifests.passedOver().isEmpty()) {
            out.println("passed over, as they mean nothing to a proxy: "
                    + manifests.passedOver().stream()
                            .collect(Collectors.groupingBy(Document::kind, TreeMap::new, Collectors.counting()))
                            .entrySet()
                            .stream()
                            .map(kind -> kind.getValue() + " " + kind.getKey())
                            .collect(Collectors.joining(", ")));
        }
        long errors = assembled.problems().stream().filter(Problem::error).count();
        long warnings = assembled.problems().size() - errors;
        out.println(count(assembled.proxies().size(), "proxy", "proxies") + ", " + count(errors, "error", "errors")
                + ", " + count(warnings, "warning", "warnings"));
        return errors == 0 ? 0 : 1;
    }

    private static String verdict(Plan plan) {
        if (plan.served() == null) {
            return "not accepted";
        }
        long refused = plan.rules().stream().filter(rule -> !rule.isAccepted()).count();
        long unresolved = plan.rules().stream()
                .filter(rule -> !rule.unresolved().isEmpty())
                .count();
        return "accepted, " + count(plan.rules().size(), "rule", "rules")
                + (refused == 0 ? "" : ", " + refused + " refused")
                + (unresolved == 0 ? "" : ", " + unresolved + " with references that are not among the files");
    }

    private static String count(long number, String one, String many) {
        return number + " " + (number == 1 ? one : many);
    }
}
