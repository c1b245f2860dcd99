package dev.sallyport.operator.webhook;

import dev.sallyport.control.input.Settings;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Opens the webhook as soon as there are credentials, and renews what it shows. The replica is not ready before. */
@Singleton
public final class Webhook {
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration LATER = Duration.ofMinutes(1);
    private static final Logger LOG = Logger.getLogger(Webhook.class);

    private final CertificateKeeper keeper;
    private final Admission admission;
    private final int port;
    private volatile @Nullable Credentials shown;
    private volatile @Nullable WebhookServer server;
    private @Nullable ShownCertificate certificate;
    private @Nullable Thread thread;

    Webhook(
            KubernetesClient client,
            Settings settings,
            MeterRegistry meters,
            Clock clock,
            @ConfigProperty(name = "sallyport.namespace") String namespace,
            @ConfigProperty(name = "sallyport.webhook.port", defaultValue = "9443") int port,
            @ConfigProperty(name = "sallyport.webhook.names") Optional<List<String>> names) {
        this.keeper = new CertificateKeeper(
                client,
                namespace,
                new Rotation(names.orElse(List.of("sallyport-operator." + namespace + ".svc"))),
                clock);
        this.admission = new Admission(settings, meters);
        this.port = port;
        Gauge.builder("sallyport.webhook.certificate.expiry", this, Webhook::expiry)
                .description("When the webhook's certificate expires")
                .baseUnit("seconds")
                .register(meters);
    }

    void start(@Observes StartupEvent event) {
        thread = Thread.ofVirtual().name("webhook certificate").start(this::keep);
    }

    void stop(@Observes ShutdownEvent event) {
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
        WebhookServer open = server;
        if (open != null) {
            open.close();
        }
    }

    /** Where it listens; 0 before it does. */
    public int port() {
        WebhookServer open = server;
        return open == null ? 0 : open.port();
    }

    private double expiry() {
        Credentials now = shown;
        return now == null ? Double.NaN : now.expiry().getEpochSecond();
    }

    private void keep() {
        try {
            while (true) {
                Thread.sleep(look() ? LATER : SOON);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean look() {
        try {
            Optional<Credentials> credentials = keeper.look();
            credentials.ifPresent(this::show);
            return credentials.isPresent();
        } catch (KubernetesClientException | UncheckedIOException e) {
            LOG.warnf("the webhook's certificate could not be looked after: %s", e.getMessage());
            // One that is shown is good for weeks.
            return server != null;
        }
    }

    private void show(Credentials credentials) {
        if (certificate == null) {
            certificate = new ShownCertificate(credentials.server());
        } else {
            certificate.show(credentials.server());
        }
        shown = credentials;
        if (server == null) {
            try {
                server = new WebhookServer(new InetSocketAddress(port), certificate, admission);
            } catch (IOException e) {
                throw new UncheckedIOException("port " + port + ": " + e.getMessage(), e);
            }
        }
    }
}
