package dev.sallyport.cli;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A network of its own, as a pod has one: what its thread opens is in it, and so are the processes that the thread starts. It goes with
 * the thread, once nothing is open in it.
 */
final class NetworkNamespace implements AutoCloseable {
    private static final int CLONE_NEWNET = 0x4000_0000;
    private static final MethodHandle UNSHARE = ofOneInt("unshare");
    private static final MethodHandle SETFSUID = ofOneInt("setfsuid");

    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
    private final Path file;

    /** @throws IOException when this process may not have one */
    NetworkNamespace() throws Exception {
        boolean unshared = inside(() -> call(UNSHARE, CLONE_NEWNET) == 0);
        if (!unshared) {
            thread.shutdown();
            throw new IOException("a network of its own needs root");
        }
        Path itself = inside(() -> Files.readSymbolicLink(Path.of("/proc/thread-self")));
        file = Path.of("/proc").resolve(itself).resolve("ns/net");
        run("ip", "link", "set", "lo", "up");
    }

    /** As {@code ip link set netns} takes it. */
    Path file() {
        return file;
    }

    <T> T inside(Callable<T> work) throws Exception {
        try {
            return thread.submit(work).get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    /** With sockets that belong to {@code user}. */
    <T> T inside(int user, Callable<T> work) throws Exception {
        return inside(() -> {
            call(SETFSUID, user);
            try {
                return work.call();
            } finally {
                call(SETFSUID, 0);
            }
        });
    }

    /** Runs a command to its end, which must be a good one. */
    String run(String... command) throws Exception {
        Said said = Said.by(inside(() -> new ProcessBuilder(command).start()));
        assertThat(said.status())
                .as("%s: %s", String.join(" ", command), said.error())
                .isZero();
        return said.output();
    }

    @Override
    public void close() {
        thread.shutdown();
    }

    private static MethodHandle ofOneInt(String name) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().find(name).orElseThrow(), FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    }

    private static int call(MethodHandle function, int argument) {
        try {
            return (int) function.invokeExact(argument);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
