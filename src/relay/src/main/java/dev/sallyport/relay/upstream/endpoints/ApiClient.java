package dev.sallyport.relay.upstream.endpoints;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Reads from the API server, over a connection of its own for each stream so that none waits for another or shares its death. Thread-safe. */
final class ApiClient implements AutoCloseable {
    private static final Executor VIRTUAL_THREADS =
            task -> Thread.ofVirtual().name("api-server").start(task);

    private final ApiServer server;
    private final Pace pace;
    private byte[] trusted = new byte[0];
    private @Nullable HttpClient client;

    ApiClient(ApiServer server, Pace pace) {
        this.server = server;
        this.pace = pace;
    }

    /** The resource is not there at the version that was asked for (HTTP 410): list it anew. */
    static final class GoneException extends IOException {
        private static final long serialVersionUID = 1;

        GoneException() {
            super("the version is gone");
        }
    }

    /**
     * The body of an answer 200, which breaks after {@link Pace#silence}.
     *
     * @param path with query
     * @throws IOException when the server cannot be reached, or answers otherwise
     */
    InputStream get(String path) throws IOException, InterruptedException {
        String token =
                Files.readString(server.token(), StandardCharsets.US_ASCII).strip();
        URI uri = server.address().resolve(path);
        HttpRequest request;
        try {
            request = HttpRequest.newBuilder(uri)
                    .timeout(pace.answer())
                    .header("Authorization", "Bearer " + token)
                    .header("Accept", "application/json")
                    .build();
        } catch (IllegalArgumentException e) {
            // Its message would show the token.
            throw new IOException(server.token() + ": holds no token");
        }
        HttpResponse<InputStream> response = client().send(request, HttpResponse.BodyHandlers.ofInputStream());
        if (response.statusCode() == 200) {
            return new Silence(response.body(), pace.silence());
        }
        response.body().close();
        if (response.statusCode() == 410) {
            throw new GoneException();
        }
        throw new IOException("the API server answers " + response.statusCode());
    }

    @Override
    public synchronized void close() {
        if (client != null) {
            client.shutdownNow();
        }
    }

    /** Made anew when the certificates in the file are others. */
    private synchronized HttpClient client() throws IOException {
        boolean tls = server.address().getScheme().equals("https");
        byte[] ca = tls ? Files.readAllBytes(server.ca()) : new byte[0];
        if (client == null || !Arrays.equals(ca, trusted)) {
            HttpClient.Builder builder = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .proxy(HttpClient.Builder.NO_PROXY)
                    .connectTimeout(pace.answer())
                    .executor(VIRTUAL_THREADS);
            if (tls) {
                builder.sslContext(trusting(ca));
            }
            if (client != null) {
                client.shutdown();
            }
            client = builder.build();
            trusted = ca;
        }
        return client;
    }

    private SSLContext trusting(byte[] pem) throws IOException {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem))) {
                store.setCertificateEntry("ca-" + store.size(), certificate);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(server.ca() + ": holds no certificates that can be used", e);
        }
    }
}
