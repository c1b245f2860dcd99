package dev.sallyport.operator;

import dev.sallyport.control.input.Settings;
import dev.sallyport.operator.apply.Children;
import dev.sallyport.operator.deliver.AdminPort;
import dev.sallyport.operator.deliver.Delivery;
import dev.sallyport.operator.deliver.Nudge;
import dev.sallyport.operator.report.Events;
import dev.sallyport.operator.report.Reconciles;
import dev.sallyport.operator.webhook.Webhook;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.arc.Unremovable;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Makes the parts of the operator from its environment. */
@Singleton
final class Wiring {
    @Produces
    @Singleton
    Settings settings(
            @ConfigProperty(name = "quarkus.application.version") String version,
            @ConfigProperty(name = "sallyport.relay.image") String relayImage,
            @ConfigProperty(name = "sallyport.redirect.image") String redirectImage,
            @ConfigProperty(name = "sallyport.namespace") String namespace,
            @ConfigProperty(name = "sallyport.cluster.ranges") Optional<List<String>> clusterRanges) {
        return Settings.pods(version, relayImage, redirectImage, namespace, clusterRanges.orElse(List.of()));
    }

    @Produces
    @Singleton
    Clock clock() {
        return Clock.systemUTC();
    }

    @Produces
    @Singleton
    Children children(KubernetesClient client) {
        return new Children(client);
    }

    @Produces
    @Singleton
    Delivery delivery(KubernetesClient client) {
        return new Delivery(new AdminPort(), new Nudge(client));
    }

    void end(@Disposes Delivery delivery) {
        delivery.close();
    }

    @Produces
    @Singleton
    Events events(KubernetesClient client, @ConfigProperty(name = "sallyport.pod") String pod, Clock clock) {
        return new Events(client, pod, clock);
    }

    @Produces
    @Singleton
    Parts parts(
            Settings settings, Children children, Delivery delivery, Events events, MeterRegistry meters, Clock clock) {
        return new Parts(settings, children, delivery, events, meters, clock);
    }

    /** Only the leader reconciles. One that loses the lease ends its process, so that never two do. */
    @Produces
    @Singleton
    @Unremovable
    LeaderElectionConfiguration leaderElection(
            @ConfigProperty(name = "sallyport.namespace") String namespace,
            @ConfigProperty(name = "sallyport.pod") String pod) {
        return LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration("sallyport-operator")
                .withLeaseNamespace(namespace)
                .withIdentity(pod)
                .build();
    }

    @Produces
    @Singleton
    @Readiness
    HealthCheck webhookIsOpen(Webhook webhook) {
        return () ->
                HealthCheckResponse.named("webhook").status(webhook.port() > 0).build();
    }

    @Produces
    @Singleton
    Metrics metrics(MeterRegistry registry) {
        return new Reconciles(registry);
    }
}
