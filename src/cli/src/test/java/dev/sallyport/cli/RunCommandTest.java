package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sallyport run} as a process, with real clients and a real backend. */
class RunCommandTest {
    @TempDir
    Path folder;

    private int forward;
    private int reverse;
    private int backend;
    private Path file;

    @BeforeEach
    void choosePorts() throws IOException {
        try (ServerSocket a = new ServerSocket(0);
                ServerSocket b = new ServerSocket(0);
                ServerSocket c = new ServerSocket(0)) {
            forward = a.getLocalPort();
            reverse = b.getLocalPort();
            backend = c.getLocalPort();
        }
        file = folder.resolve("proxies.yaml");
        write("/hello");
    }

    private void write(String prefix) throws IOException {
        String yaml = Files.readString(Path.of("../../deploy/examples/quickstart.yaml"))
                .replace("value: /hello", "value: " + prefix)
                .replace("port: 8080", "port: " + reverse)
                .replace("9000", Integer.toString(backend))
                .replace("spec:\n  allow:", "spec:\n  listeners: {mixed: {port: " + forward + "}}\n  allow:");
        Path next = folder.resolve("next");
        Files.writeString(next, yaml);
        Files.move(next, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private Command run;

    @AfterEach
    void end() {
        if (run != null) {
            run.close();
        }
    }

    @Test
    void servesTheQuickstartShowsDecisionsAndEndsWithStatusZero() throws Exception {
        run = Command.start("run", "-f", file, "--echo", backend);
        String ready = run.awaitLineWith("ready: ");
        assertThat(ready)
                .contains("forward quickstart/egress on 127.0.0.1:" + forward)
                .contains("reverse quickstart/web on 127.0.0.1:" + reverse);

        HttpResponse<String> hello = get(direct(), "http://127.0.0.1:" + reverse + "/hello?name=x");
        assertThat(hello.statusCode()).isEqualTo(200);
        assertThat(hello.body()).startsWith("GET /hello?name=x\n").contains("X-forwarded-for: 127.0.0.1");
        assertThat(run.awaitLineWith("/hello"))
                .contains("✓ 200")
                .contains("quickstart/web")
                .contains("hello → 127.0.0.1:");

        assertThat(get(direct(), "http://127.0.0.1:" + reverse + "/elsewhere").statusCode())
                .isEqualTo(404);
        HttpResponse<String> broken = get(direct(), "http://127.0.0.1:" + reverse + "/broken");
        assertThat(broken.statusCode()).isEqualTo(500);
        assertThat(broken.headers().firstValue("Proxy-Status"))
                .hasValueSatisfying(status -> assertThat(status).contains("error="));

        assertThat(get(proxied(), "http://localhost:" + backend + "/through").body())
                .startsWith("GET /through\n");
        HttpResponse<String> denied = get(proxied(), "http://blocked.example/");
        assertThat(denied.statusCode()).isEqualTo(403);
        assertThat(denied.headers().firstValue("Proxy-Status"))
                .hasValueSatisfying(status -> assertThat(status).contains("error=http_request_denied"));
        assertThat(run.awaitLineWith("blocked.example")).contains("✗ 403").contains("quickstart/egress");
        HttpResponse<String> guarded = get(proxied(), "http://localhost:15090/");
        assertThat(guarded.statusCode()).isEqualTo(403);
        assertThat(guarded.headers().firstValue("Proxy-Status"))
                .hasValueSatisfying(status -> assertThat(status).contains("destination_ip_prohibited"));

        run.terminate();
        assertThat(run.exitStatus()).isZero();
    }

    @Test
    void servesAChangedFileAndKeepsTheOldWhenTheNewIsWrong() throws Exception {
        run = Command.start("run", "-f", file, "--echo", backend);
        run.awaitLineWith("ready: ");
        HttpClient client = direct();
        assertThat(get(client, "http://127.0.0.1:" + reverse + "/other").statusCode())
                .isEqualTo(404);

        write("/other");
        run.awaitLineWith("reloaded: ");
        assertThat(get(client, "http://127.0.0.1:" + reverse + "/other").statusCode())
                .isEqualTo(200);

        Files.writeString(file, Files.readString(file).replace("backendRefs", "backendRef"));
        assertThat(run.awaitLineWith("unknown field"))
                .contains("proxies.yaml:")
                .contains("unknown field \"spec.rules[0].backendRef\"");
        run.awaitLineWith("kept what was served");
        assertThat(get(client, "http://127.0.0.1:" + reverse + "/other").statusCode())
                .isEqualTo(200);
    }

    @Test
    void doesNotStartOnAPortThatIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(reverse, 1, InetAddress.getLoopbackAddress())) {
            run = Command.start("run", "-f", file, "--echo", backend);
            assertThat(run.exitStatus()).isEqualTo(1);
            assertThat(run.output())
                    .anySatisfy(line -> assertThat(line)
                            .contains("not started")
                            .contains("port")
                            .contains(Integer.toString(taken.getLocalPort())));
        }
    }

    @Test
    void doesNotStartWhenTwoObjectsWantOnePort() throws Exception {
        Files.writeString(file, Files.readString(file).replace("port: " + reverse, "port: " + forward));
        run = Command.start("run", "-f", file);
        assertThat(run.exitStatus()).isEqualTo(1);
        assertThat(run.output())
                .anySatisfy(line -> assertThat(line)
                        .contains("quickstart/egress")
                        .contains("quickstart/web")
                        .contains(Integer.toString(forward)));
    }

    @Test
    void saysThatThereIsNothingToServe() throws Exception {
        Files.writeString(file, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
        run = Command.start("run", "-f", file);
        assertThat(run.exitStatus()).isEqualTo(1);
        assertThat(run.output())
                .anySatisfy(line -> assertThat(line).contains("there is no ForwardProxy and no ReverseProxy"));
    }

    private static HttpResponse<String> get(HttpClient client, String uri) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create(uri)).build(), BodyHandlers.ofString());
    }

    private static HttpClient direct() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    private HttpClient proxied() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .proxy(ProxySelector.of(new InetSocketAddress("127.0.0.1", forward)))
                .build();
    }

    @Test
    void explainsItself() throws Exception {
        run = Command.start("--help");
        assertThat(run.exitStatus()).isZero();
        List<String> help = run.output();
        for (String command : List.of("run", "validate", "render", "echo")) {
            assertThat(help).anySatisfy(line -> assertThat(line.strip()).startsWith(command));
        }
    }
}
