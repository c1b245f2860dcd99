package dev.sallyport.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.opentest4j.TestAbortedException;

/** Gives each scenario the one {@link World}, and keeps what the cluster knew when a test failed. */
public final class Suite
        implements ParameterResolver, AfterTestExecutionCallback, LifecycleMethodExecutionExceptionHandler {

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == World.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return world(context);
    }

    private static World world(ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.GLOBAL)
                .computeIfAbsent(World.class, type -> new World(), World.class);
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        context.getExecutionException()
                .filter(e -> !(e instanceof TestAbortedException))
                .ifPresent(e -> keep(context));
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable e) throws Throwable {
        if (!(e instanceof TestAbortedException)) {
            keep(context);
        }
        throw e;
    }

    private static void keep(ExtensionContext context) {
        World world = world(context);
        Path folder = world.results()
                .resolve(context.getRequiredTestClass().getSimpleName() + "-"
                        + context.getTestMethod().map(Method::getName).orElse("set-up"));
        Kubectl kubectl = world.kubectl();
        try {
            Files.createDirectories(folder);
            write(folder, "proxies.yaml", kubectl.attempt("get", "fp,rp", "-A", "-o", "yaml"));
            write(
                    folder,
                    "objects.yaml",
                    kubectl.attempt(
                            "get",
                            "deploy,rs,pods,svc,endpointslices,cm,netpol,pdb,role,rolebinding",
                            "-A",
                            "-o",
                            "yaml"));
            write(folder, "pods.txt", kubectl.attempt("get", "pods", "-A", "-o", "wide"));
            write(folder, "events.txt", kubectl.attempt("get", "events", "-A", "--sort-by=.lastTimestamp"));
            write(
                    folder,
                    "operator.log",
                    kubectl.attempt(
                            "logs",
                            "-n",
                            World.SYSTEM,
                            "-l",
                            "app.kubernetes.io/name=sallyport-operator",
                            "--prefix",
                            "--tail=2000"));
            for (var pod : kubectl.list("pods", "-A", "-l", "app.kubernetes.io/name=sallyport-relay")) {
                String namespace = pod.at("/metadata/namespace").asText();
                String name = pod.at("/metadata/name").asText();
                write(
                        folder,
                        "relay-" + namespace + "-" + name + ".log",
                        kubectl.attempt("logs", "-n", namespace, name, "--tail=2000"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (AssertionError e) {
            System.err.println("could not keep all in " + folder + ": " + e.getMessage());
        }
        System.err.println("what the cluster knew is in " + folder);
    }

    private static void write(Path folder, String name, Run run) throws IOException {
        Files.writeString(folder.resolve(name), run.out() + run.err());
    }
}
