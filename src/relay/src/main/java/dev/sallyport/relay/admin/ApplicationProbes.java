package dev.sallyport.relay.admin;

import dev.sallyport.model.config.ApplicationProbe;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Asks the application over loopback what the kubelet asks the relay, and judges as the kubelet does: a connection will do, or an answer
 * from 200 to 399. What is asked is settled when the relay starts; whoever reaches the admin port can ask for nothing else.
 */
public final class ApplicationProbes {
    private static final List<String> LOOPBACK = List.of("127.0.0.1", "::1");
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-9][0-9]{2})(?: .*)?");
    private static final int MOST_OF_A_LINE = 1024;
    private static final int MOST_OF_AN_ANSWER = 10 << 10;

    private final Map<String, ApplicationProbe> byName;

    public ApplicationProbes(List<ApplicationProbe> probes) {
        this.byName = probes.stream().collect(Collectors.toUnmodifiableMap(ApplicationProbe::name, probe -> probe));
    }

    /** @param told what came of it, for the kubelet's event */
    record Outcome(boolean passed, String told) {}

    /** Asks, on the caller's thread; null when there is no probe of that name. */
    @Nullable
    Outcome ask(String name) {
        ApplicationProbe probe = byName.get(name);
        return probe == null ? null : ask(probe);
    }

    private static Outcome ask(ApplicationProbe probe) {
        var deadline = new Deadline(System.nanoTime() + probe.timeout().toNanos());
        for (String address : LOOPBACK) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address, probe.port()), deadline.millis());
                return probe.path().isEmpty()
                        ? new Outcome(true, probe.port() + " takes connections")
                        : request(probe, socket, deadline);
            } catch (ConnectException e) {
                // It may listen on the other.
            } catch (SocketTimeoutException e) {
                return new Outcome(
                        false,
                        probe.port() + " did not answer within "
                                + probe.timeout().toMillis() + " ms");
            } catch (IOException e) {
                return new Outcome(false, probe.port() + ": " + e.getMessage());
            }
        }
        return new Outcome(false, probe.port() + " takes no connections");
    }

    private static Outcome request(ApplicationProbe probe, Socket plain, Deadline deadline) throws IOException {
        plain.setSoTimeout(deadline.millis());
        // By its address, so that no server name is sent, as the kubelet sends none.
        try (Socket socket = probe.tls()
                ? Trusting.CONTEXT.getSocketFactory().createSocket(plain, LOOPBACK.getFirst(), probe.port(), true)
                : plain) {
            socket.getOutputStream().write(head(probe).getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            String line = firstLine(socket, deadline);
            Matcher status = STATUS.matcher(line);
            if (!status.matches()) {
                return new Outcome(false, probe.port() + " answered, and not in HTTP/1");
            }
            rest(socket, deadline);
            int code = Integer.parseInt(status.group(1));
            return new Outcome(code >= 200 && code < 400, probe.port() + " answered " + code);
        }
    }

    private static String head(ApplicationProbe probe) {
        List<String> given = probe.headers().stream()
                .map(header ->
                        header.substring(0, Math.max(0, header.indexOf(':'))).toLowerCase(Locale.ROOT))
                .toList();
        Stream<String> usual = Map.of("Host", "127.0.0.1:" + probe.port(), "User-Agent", "kube-probe", "Accept", "*/*")
                .entrySet()
                .stream()
                .filter(header -> !given.contains(header.getKey().toLowerCase(Locale.ROOT)))
                .map(header -> header.getKey() + ": " + header.getValue());
        return Stream.of(
                        Stream.of("GET " + probe.path() + " HTTP/1.1"),
                        usual,
                        probe.headers().stream(),
                        Stream.of("Connection: close"))
                .flatMap(lines -> lines)
                .collect(Collectors.joining("\r\n", "", "\r\n\r\n"));
    }

    private static String firstLine(Socket socket, Deadline deadline) throws IOException {
        InputStream in = socket.getInputStream();
        var line = new ByteArrayOutputStream();
        while (line.size() < MOST_OF_A_LINE) {
            socket.setSoTimeout(deadline.millis());
            int next = in.read();
            if (next < 0 || next == '\n') {
                break;
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.ISO_8859_1).strip();
    }

    /** So that the application does not find its answer unread. */
    private static void rest(Socket socket, Deadline deadline) {
        try {
            int left = MOST_OF_AN_ANSWER;
            for (int read = 0; read >= 0 && left > 0; left -= read) {
                socket.setSoTimeout(deadline.millis());
                read = socket.getInputStream().read(new byte[left]);
            }
        } catch (IOException e) {
            // The answer is known.
        }
    }

    /** @param nanos as {@link System#nanoTime} tells it */
    private record Deadline(long nanos) {
        int millis() throws SocketTimeoutException {
            long left = TimeUnit.NANOSECONDS.toMillis(nanos - System.nanoTime());
            if (left <= 0) {
                throw new SocketTimeoutException();
            }
            return (int) Math.min(left, Integer.MAX_VALUE);
        }
    }

    /** Takes any certificate. */
    private static final class Trusting extends X509ExtendedTrustManager {
        static final SSLContext CONTEXT = context();

        private static SSLContext context() {
            try {
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(null, new TrustManager[] {new Trusting()}, null);
                return context;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
