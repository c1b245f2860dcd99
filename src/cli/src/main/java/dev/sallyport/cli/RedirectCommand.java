package dev.sallyport.cli;

import dev.sallyport.cli.read.Pods;
import dev.sallyport.cli.read.Problem;
import dev.sallyport.control.inject.Redirection;
import dev.sallyport.control.input.Settings;
import dev.sallyport.control.redirect.Redirect;
import dev.sallyport.control.redirect.Ruleset;
import dev.sallyport.control.validate.Findings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Tells what redirection does to a pod. */
@Command(
        name = "redirect",
        description = {
            "Print what becomes of the traffic of pods with sallyport.dev/capture: redirect: an account in comment lines, and the"
                    + " ruleset that an init container would apply, as nft -f reads it.",
            "Ends with status 0 when the annotations are right, 1 when they are not or no pod asks."
        },
        mixinStandardHelpOptions = true)
final class RedirectCommand implements Callable<Integer> {
    @Option(
            names = "--print",
            required = true,
            description = "Print, and change nothing. There is nothing else to do yet.")
    private boolean print;

    @Option(
            names = {"-f", "--filename"},
            required = true,
            arity = "1..*",
            paramLabel = "PATH",
            description = "Files or folders with pods, or with workloads that have a template for them.")
    private List<Path> paths = List.of();

    @Option(
            names = {"-R", "--recursive"},
            description = "Read folders with the folders inside them.")
    private boolean recursive;

    @Option(
            names = "--cluster-ranges",
            split = ",",
            paramLabel = "CIDR",
            description =
                    "The cluster's pod and Service networks, as the operator knows them: they are let past. Default: none.")
    private List<String> clusterRanges = List.of();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Settings settings = Settings.pods(
                Version.CURRENT, "sallyport-relay", "sallyport-redirect", "sallyport-system", clusterRanges);
        Pods pods = Pods.read(paths, recursive);
        List<Problem> problems = new ArrayList<>(pods.problems());
        List<Pods.Item> asking = pods.found().stream()
                .filter(item -> Redirection.isAsked(item.pod()))
                .toList();
        for (Pods.Item item : asking) {
            var findings = new Findings();
            Redirection.of(item.pod(), settings, findings).ifPresent(plan -> {
                out.println("# " + item.document().title());
                account(plan, out);
                out.print(Ruleset.of(plan));
            });
            findings.list()
                    .forEach(finding ->
                            problems.add(item.problem(finding.path(), finding.toString(), finding.isError())));
        }
        problems.forEach(err::println);
        if (asking.isEmpty() && problems.isEmpty()) {
            err.println("no pod here asks for it: it would have the annotation sallyport.dev/capture: redirect");
        }
        out.flush();
        return asking.isEmpty() || problems.stream().anyMatch(Problem::error) ? 1 : 0;
    }

    private static void account(Redirect plan, PrintWriter out) {
        List<Redirect.Line> lines = plan.account();
        int width = lines.stream().mapToInt(line -> line.what().length()).max().orElse(1);
        for (Redirect.Line line : lines) {
            out.printf("#   %-3s  %-" + width + "s  %s%n", line.direction(), line.what(), line.fate());
        }
    }
}
