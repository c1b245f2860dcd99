package dev.sallyport.cli;

import dev.sallyport.cli.serve.Echo;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import sun.misc.Signal;

/** A small backend to try proxies on. */
@Command(
        name = "echo",
        description = "Answer every HTTP request with what arrived: a small backend to try proxies on.",
        mixinStandardHelpOptions = true)
final class EchoCommand implements Callable<Integer> {
    @Option(names = "--address", description = "Address to bind. Default: ${DEFAULT-VALUE}.")
    private String address = "127.0.0.1";

    @Option(names = "--port", description = "Port to bind; 0 lets the system choose. Default: ${DEFAULT-VALUE}.")
    private int port = 9000;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        Signal.handle(new Signal("TERM"), signal -> end.countDown());
        Signal.handle(new Signal("INT"), signal -> end.countDown());
        try (Echo echo = new Echo(new InetSocketAddress(address, port))) {
            spec.commandLine()
                    .getOut()
                    .println("echo: ready on " + address + ":" + echo.address().getPort());
            end.await();
        }
        return 0;
    }
}
