package dev.sallyport.relay.upstream.endpoints;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** An API server that the test plays: it takes each request and answers with the bytes that it likes. */
public final class ScriptedApi implements AutoCloseable {
    private final ServerSocket server;
    private final LinkedBlockingQueue<Call> calls = new LinkedBlockingQueue<>();
    private final List<Call> taken = new ArrayList<>();

    ScriptedApi() throws IOException {
        this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    }

    ScriptedApi(ServerSocket server) {
        this.server = server;
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    Thread.ofVirtual().start(() -> read(socket));
                } catch (IOException e) {
                    // closed, or a failed handshake
                }
            }
        });
    }

    /**
     * One that speaks TLS, as the kubelet would introduce it to a pod: {@code mount} gets its certificate and a token.
     */
    public static ScriptedApi overTls(Path mount) throws Exception {
        Path store = mount.resolve("api.p12");
        makeCertificate(store, mount.resolve("ca.crt"));
        Files.writeString(mount.resolve("token"), "first-token");
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(KeyStore.getInstance(store.toFile(), "secret".toCharArray()), "secret".toCharArray());
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(managers.getKeyManagers(), null, null);
        return new ScriptedApi(
                tls.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    }

    /** A key in {@code store}, and its own certificate for 127.0.0.1 in PEM form. */
    static void makeCertificate(Path store, Path certificate) throws Exception {
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        run(
                keytool,
                "-genkeypair",
                "-alias",
                "it",
                "-keyalg",
                "EC",
                "-dname",
                "CN=test",
                "-ext",
                "san=ip:127.0.0.1",
                "-ext",
                "bc=ca:true",
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                "secret");
        run(
                keytool,
                "-exportcert",
                "-rfc",
                "-alias",
                "it",
                "-keystore",
                store.toString(),
                "-storepass",
                "secret",
                "-file",
                certificate.toString());
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(output);
        }
    }

    private void read(Socket socket) {
        try {
            calls.add(Call.read(socket));
        } catch (IOException | RuntimeException e) {
            // The client went away.
        }
    }

    public int port() {
        return server.getLocalPort();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + port());
    }

    /** The next request. */
    public Call take() throws InterruptedException {
        Call call = calls.poll(60, TimeUnit.SECONDS);
        if (call == null) {
            throw new AssertionError("no request came");
        }
        taken.add(call);
        return call;
    }

    /** The next request, which must be for a list. */
    public Call takeList() throws InterruptedException {
        Call call = take();
        if (call.isWatch()) {
            throw new AssertionError("a watch where a list was expected: " + call.target());
        }
        return call;
    }

    /** The next request, which must be for a watch from {@code version} on. */
    public Call takeWatch(String version) throws InterruptedException {
        Call call = take();
        if (!call.isWatch()
                || !call.target().contains("&resourceVersion=" + version + "&")
                        && !call.target().endsWith("&resourceVersion=" + version)) {
            throw new AssertionError("no watch from " + version + ": " + call.target());
        }
        return call;
    }

    boolean isQuiet() {
        return calls.isEmpty();
    }

    @Override
    public void close() throws IOException {
        server.close();
        calls.forEach(Call::cut);
        taken.forEach(Call::cut);
    }

    /** A request that waits for its answer. */
    public record Call(Socket socket, String target, String authorization) {
        private static Call read(Socket socket) throws IOException {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            String target = in.readLine().split(" ")[1];
            String authorization = "";
            for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
                if (line.toLowerCase(java.util.Locale.ROOT).startsWith("authorization: ")) {
                    authorization = line.substring("authorization: ".length());
                }
            }
            return new Call(socket, target, authorization);
        }

        boolean isWatch() {
            return target.contains("watch=1");
        }

        /** A whole answer. */
        public void answer(int status, String body) throws IOException {
            byte[] bytes = body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
            write("HTTP/1.1 " + status + " Whatever\r\nContent-Length: " + bytes.length
                    + "\r\nConnection: close\r\n\r\n");
            socket.getOutputStream().write(bytes);
            cut();
        }

        /** Begins an answer of chunks. */
        public void begin() throws IOException {
            write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        }

        /** One chunk, single quotes standing for double ones. */
        public void chunk(String part) throws IOException {
            String json = part.replace('\'', '"');
            write(Integer.toHexString(json.length()) + "\r\n" + json + "\r\n");
        }

        /** Ends an answer of chunks as it should. */
        public void end() throws IOException {
            write("0\r\n\r\n");
            cut();
        }

        /** Closes the connection. */
        public void cut() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        /** Just these bytes. */
        void write(String raw) throws IOException {
            OutputStream out = socket.getOutputStream();
            out.write(raw.getBytes(StandardCharsets.US_ASCII));
            out.flush();
        }
    }
}
