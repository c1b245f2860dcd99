package dev.sallyport.e2e.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Servers outside of the cluster, on addresses of 203.0.113.0/24, with names in the cluster's DNS. */
public final class Internet implements AutoCloseable {
    /** What the guards of a proxy must except, because the network is kept for documentation and so special. */
    public static final String NETWORK = "203.0.113.0/24";

    /** Plain HTTP on port 80, and TLS by a CA that nobody knows on port 443. */
    public static final String WEB = "203.0.113.10";

    /** TLS on port 443, with a certificate for {@code secure.example.com}. */
    public static final String SECURE = "203.0.113.20";

    /** Plain HTTP on port 443, where only tunnels go. */
    public static final String BEHIND_TUNNEL = "203.0.113.30";

    private final Path program;
    private final String namespace;
    private final Path authority;
    private final List<Process> servers = new ArrayList<>();

    private Internet(Path program, String namespace, Path authority) {
        this.program = program;
        this.namespace = namespace;
        this.authority = authority;
    }

    static Internet open(Path program, TestCluster cluster, Path folder) {
        var internet = new Internet(program, cluster.internet(), folder.resolve("internet-ca.pem"));
        internet.serve(WEB + ":80");
        internet.serve(WEB + ":443", "--tls", "www.example.com");
        internet.serve(SECURE + ":443", "--tls", "secure.example.com", "--ca", internet.authority.toString());
        internet.serve(BEHIND_TUNNEL + ":443");
        cluster.name("www.example.com", WEB);
        cluster.name("secure.example.com", SECURE);
        cluster.name("tunnel.example.net", BEHIND_TUNNEL);
        return internet;
    }

    /** The certificate of the CA that {@link #SECURE} has its certificate from, as PEM. */
    public String authority() {
        try {
            return Files.readString(authority);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void serve(String address, String... more) {
        List<String> command = new ArrayList<>(List.of(
                "ip", "netns", "exec", namespace, program.toString(), "serve", "--drain", "0s", "--listen", address));
        command.addAll(List.of(more));
        try {
            Process server = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            servers.add(server);
            String line = new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
            if (line == null || !line.startsWith("serving on")) {
                throw new AssertionError(String.join(" ", command) + ": " + line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        servers.forEach(Process::destroy);
    }
}
