package dev.sallyport.relay.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.EndpointSet;
import dev.sallyport.model.config.ListenerTls;
import dev.sallyport.model.config.OriginTls;
import dev.sallyport.relay.rig.Authority;
import dev.sallyport.relay.rig.Await;
import dev.sallyport.relay.rig.Clusters;
import dev.sallyport.relay.rig.Rig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** gRPC's own interoperability cases between its Go client and its Go server, through a relay. */
@Tag("conformance")
class GrpcInteropTest {
    private static final String MODULE = "google.golang.org/grpc/interop/";
    private static final String VERSION = "v1.85.0";
    private static final String NAME = "interop.test";
    private static final List<String> CASES = List.of(
            "empty_unary",
            "large_unary",
            "client_streaming",
            "server_streaming",
            "ping_pong",
            "empty_stream",
            "timeout_on_sleeping_server",
            "cancel_after_begin",
            "cancel_after_first_response",
            "status_code_and_message",
            "special_status_message",
            "custom_metadata",
            "unimplemented_method",
            "unimplemented_service");

    @TempDir
    Path files;

    @Test
    void passesAllWithoutTls() throws Exception {
        int port = freePort();
        Process server = server("--port", "" + port);
        try (Rig rig = Rig.setup()
                .reverse()
                .members(List.of(new EndpointSet.Endpoint("127.0.0.1", port)))
                .backend(Clusters.protocol(Cluster.Protocol.H2C))
                .start()) {
            await(port);
            assertThat(failures(rig)).isEmpty();
        } finally {
            server.destroyForcibly();
        }
    }

    @Test
    void passesAllWithTlsOnBothSides() throws Exception {
        Authority authority = new Authority("interop");
        Authority.Issued issued = authority.issue(NAME);
        Path certificate = Files.write(files.resolve("server.crt"), issued.certificateFile());
        Path key = Files.write(files.resolve("server.key"), issued.keyFile());
        Path trusted = Files.write(files.resolve("ca.crt"), authority.file());
        int port = freePort();
        Process server = server(
                "--port",
                "" + port,
                "--use_tls",
                "--tls_cert_file",
                certificate.toString(),
                "--tls_key_file",
                key.toString());
        try (Rig rig = Rig.setup()
                .reverse()
                .members(List.of(new EndpointSet.Endpoint("127.0.0.1", port)))
                .secrets(new Authority.Secrets()
                        .certificate("interop", issued)
                        .authority("ca", authority)
                        .bundle())
                .tls(new ListenerTls(List.of("interop"), ListenerTls.Version.TLS_1_2, List.of("h2", "http/1.1"), null))
                .backendTls(Cluster.Protocol.HTTP2, new OriginTls(NAME, List.of("ca"), ""))
                .start()) {
            await(port);
            assertThat(failures(
                            rig,
                            "--use_tls",
                            "--use_test_ca",
                            "--ca_file",
                            trusted.toString(),
                            "--server_host_override",
                            NAME))
                    .isEmpty();
        } finally {
            server.destroyForcibly();
        }
    }

    private static List<String> failures(Rig rig, String... more) throws Exception {
        String program = program("client").toString();
        List<String> failures = new ArrayList<>();
        for (String each : CASES) {
            List<String> command = new ArrayList<>(List.of(
                    program,
                    "--server_host",
                    "127.0.0.1",
                    "--server_port",
                    "" + rig.address().getPort(),
                    "--test_case",
                    each));
            command.addAll(Arrays.asList(more));
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            if (process.exitValue() != 0) {
                failures.add(each + ": " + said);
            }
        }
        return failures;
    }

    private static Process server(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(program("server").toString()));
        command.addAll(Arrays.asList(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void await(int port) {
        Await.until("the server of gRPC listens", () -> {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
            } catch (IOException e) {
                return false;
            }
        });
    }

    /** One of the suite's programs, made by Go on its first use. */
    private static Path program(String name) throws Exception {
        Path folder = Path.of("target", "go", "grpc-" + VERSION).toAbsolutePath();
        Path program = folder.resolve(name);
        if (!Files.isExecutable(program)) {
            String said = install(name, folder);
            boolean there = Files.isExecutable(program);
            assertThat(there || !"true".equals(System.getenv("CI")))
                    .as("gRPC's suite installs: %s", said)
                    .isTrue();
            assumeTrue(there, "gRPC's suite cannot be had here: " + said);
        }
        return program;
    }

    private static String install(String name, Path folder) throws InterruptedException {
        ProcessBuilder install = new ProcessBuilder("go", "install", MODULE + name + "@" + VERSION);
        install.environment().put("GOBIN", folder.toString());
        install.environment().put("GOFLAGS", "-mod=mod");
        try {
            Process process = install.redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
            return said;
        } catch (IOException e) {
            return e.toString();
        }
    }
}
