package dev.sallyport.control.plan;

import dev.sallyport.control.input.Placement;
import dev.sallyport.control.input.Settings;
import dev.sallyport.control.input.Subject;
import dev.sallyport.control.resolve.Credentials;
import dev.sallyport.control.validate.CheckedListener;
import dev.sallyport.control.validate.Finding;
import dev.sallyport.control.validate.Running;
import dev.sallyport.model.config.Admin;
import dev.sallyport.model.config.ClientLimits;
import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.ForwardPolicy;
import dev.sallyport.model.config.Listener;
import dev.sallyport.model.config.ListenerTls;
import dev.sallyport.model.config.ProxyProtocolSource;
import dev.sallyport.model.config.RelayConfig;
import dev.sallyport.model.config.RelayConfigCodec;
import dev.sallyport.model.config.ReversePolicy;
import dev.sallyport.model.config.RoleKind;
import dev.sallyport.model.config.SecretBundle;
import dev.sallyport.model.config.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the configurations of both kinds have in common. */
final class Assembly {
    private static final int MOST_CONTENT_BYTES = 900 * 1024;

    private Assembly() {}

    static Listener listener(
            Subject subject,
            CheckedListener listener,
            RoleKind role,
            String policy,
            ClientLimits limits,
            @Nullable ListenerTls tls,
            @Nullable ProxyProtocolSource proxyProtocol,
            Settings settings) {
        return new Listener(
                listenerName(subject, listener.name()),
                settings.listenAddress(),
                listener.boundPort(),
                listener.port(),
                role,
                policy,
                listener.protocols(),
                limits,
                tls,
                proxyProtocol,
                listener.redirectPort());
    }

    /** {@code namespace/name/listener}, so that it is unique among the listeners of several objects. */
    static String listenerName(Subject subject, String name) {
        return subject.key() + "/" + name;
    }

    static RelayConfig config(
            Subject subject,
            Running running,
            List<Listener> listeners,
            List<ForwardPolicy> forwards,
            List<ReversePolicy> reverses,
            List<Cluster> clusters,
            Settings settings) {
        return new RelayConfig(
                RelayConfigCodec.FORMAT,
                List.of(new Source(subject.kind().kind(), subject.namespace(), subject.name(), subject.generation())),
                settings.placement() == Placement.PODS ? running.compute().loops() : 0,
                new Admin(settings.listenAddress(), settings.adminPort()),
                listeners,
                forwards,
                reverses,
                clusters,
                running.telemetry(),
                running.drain());
    }

    /** The plan of an object; without anything to serve when there are errors among {@code findings} or it does not fit. */
    static Plan plan(
            List<Finding> findings,
            List<Plan.Rule> rules,
            RelayConfig config,
            Credentials credentials,
            Workload workload,
            Plan.@Nullable Applications applications) {
        SecretBundle secrets = credentials.bundle();
        Snapshot snapshot = Snapshot.of(config.withSecrets(secrets.revision()));
        List<Finding> all = new ArrayList<>(findings);
        if (snapshot.size() > MOST_CONTENT_BYTES) {
            all.add(new Finding(
                    "spec",
                    "makes a configuration of " + snapshot.size() / 1024
                            + " KiB compressed, which does not fit a ConfigMap",
                    "spread the rules over several proxies, so that each has less than " + MOST_CONTENT_BYTES / 1024
                            + " KiB",
                    Finding.Reason.CONFIG_TOO_LARGE));
        }
        int bytes =
                secrets.files().values().stream().mapToInt(file -> file.length).sum();
        if (bytes > MOST_CONTENT_BYTES) {
            all.add(new Finding(
                    "spec",
                    "refers to " + bytes / 1024 + " KiB of certificates, which do not fit a Secret",
                    "spread them over several proxies, so that each has less than " + MOST_CONTENT_BYTES / 1024
                            + " KiB",
                    Finding.Reason.CONFIG_TOO_LARGE));
        }
        return new Plan(
                workload.subject(),
                all,
                credentials.unresolved(),
                credentials.certificates(),
                rules,
                all.stream().anyMatch(Finding::isError)
                        ? null
                        : new Plan.Served(snapshot, secrets, workload, applications));
    }

    /** Why a rule is not served, in one line. */
    static String errors(List<Finding> findings) {
        return findings.stream().filter(Finding::isError).map(Finding::toString).collect(Collectors.joining(" "));
    }
}
