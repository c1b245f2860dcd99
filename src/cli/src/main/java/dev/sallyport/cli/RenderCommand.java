package dev.sallyport.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.sallyport.cli.assemble.Assembled;
import dev.sallyport.cli.read.Problem;
import dev.sallyport.cli.schema.Crds;
import dev.sallyport.control.Control;
import dev.sallyport.control.input.Settings;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints what the operator would apply. */
@Command(
        name = "render",
        description = {
            "Print the Kubernetes objects that the operator would make of the proxies in files, as YAML on standard output.",
            "Ends with status 0 when all are accepted, 1 when one is not."
        },
        mixinStandardHelpOptions = true)
final class RenderCommand implements Callable<Integer> {
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .build();

    @Mixin
    private Source source = new Source();

    @Option(names = "--relay-image", description = "The image of the relay. Default: ${DEFAULT-VALUE}.")
    private String relayImage = "localhost/sallyport-relay:" + Version.CURRENT;

    @Option(
            names = "--operator-namespace",
            description = "Where the operator runs, which reads relays' state. Default: ${DEFAULT-VALUE}.")
    private String operatorNamespace = "sallyport-system";

    @Option(
            names = "--cluster-ranges",
            split = ",",
            paramLabel = "CIDR",
            description = "The cluster's pod and Service networks, which forward proxies guard. Default: none.")
    private List<String> clusterRanges = List.of();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Settings settings = Settings.pods(Version.CURRENT, relayImage, "", operatorNamespace, clusterRanges);
        Assembled assembled = Assembled.of(source.read(Crds.bundled()), settings, Instant.now());
        for (Problem problem : assembled.problems()) {
            err.println(problem);
        }
        for (Assembled.Proxy proxy : assembled.proxies()) {
            Control.render(proxy.plan(), settings)
                    .ifPresent(infra -> infra.objects().forEach(object -> print(out, object)));
            if (proxy.plan().isForSidecarsAlone()) {
                Control.sidecars(proxy.plan(), settings).ifPresent(sidecars -> print(out, sidecars.config()));
            }
        }
        out.flush();
        return assembled.isServable() ? 0 : 1;
    }

    private static void print(PrintWriter out, HasMetadata object) {
        try {
            out.print(YAML.writeValueAsString(object));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
