package dev.sallyport.cli;

import dev.sallyport.cli.read.Manifests;
import dev.sallyport.cli.schema.Crds;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** The files that a command reads, as kubectl names them. */
final class Source {
    @Option(
            names = {"-f", "--filename"},
            required = true,
            arity = "1..*",
            paramLabel = "PATH",
            description =
                    "Files or folders with ForwardProxy and ReverseProxy objects and the Service, EndpointSlice, ConfigMap and"
                            + " Secret objects that they refer to.")
    private List<Path> paths = List.of();

    @Option(
            names = {"-R", "--recursive"},
            description = "Read folders with the folders inside them.")
    private boolean recursive;

    List<Path> paths() {
        return paths;
    }

    boolean recursive() {
        return recursive;
    }

    Manifests read(Crds crds) {
        return Manifests.read(paths, recursive, crds);
    }
}
