package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine;

/** What a command said until its end. */
record Said(int status, String output, String error) {
    static Said by(ProcessBuilder command) throws Exception {
        return by(command.start());
    }

    static Said by(Process process) throws Exception {
        CompletableFuture<String> error =
                CompletableFuture.supplyAsync(() -> text(process.getErrorStream()), Thread::startVirtualThread);
        String output = text(process.getInputStream());
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        return new Said(process.exitValue(), output, error.join());
    }

    /** {@code sallyport ARGUMENTS}, in this process. */
    static Said bySallyport(Object... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        CommandLine line =
                Sallyport.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        int status = line.execute(Stream.of(arguments).map(Object::toString).toArray(String[]::new));
        return new Said(status, out.toString(), err.toString());
    }

    private static String text(InputStream stream) {
        try {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
