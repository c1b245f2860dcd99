package dev.sallyport.control.validate;

import static java.util.Objects.requireNonNullElse;

import dev.sallyport.api.v1alpha1.ReverseProxySpec;
import dev.sallyport.api.v1alpha1.reverse.ClientMtls;
import dev.sallyport.api.v1alpha1.reverse.ClientSide;
import dev.sallyport.api.v1alpha1.reverse.Listener;
import dev.sallyport.api.v1alpha1.reverse.ListenerProtocol;
import dev.sallyport.api.v1alpha1.reverse.ReverseTelemetry;
import dev.sallyport.api.v1alpha1.reverse.ReverseTimeouts;
import dev.sallyport.api.v1alpha1.reverse.Tracing;
import dev.sallyport.control.input.Defaults;
import dev.sallyport.control.input.Settings;
import dev.sallyport.model.config.ClientLimits;
import dev.sallyport.model.config.Listener.Protocol;
import dev.sallyport.model.config.ProxyProtocolSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Judges a reverse proxy. */
public final class ReverseValidator {
    private final ReverseProxySpec spec;
    private final Settings settings;
    private final Findings findings = new Findings();

    private ReverseValidator(ReverseProxySpec spec, Settings settings) {
        this.spec = spec;
        this.settings = settings;
    }

    public static CheckedReverse check(ReverseProxySpec spec, Settings settings) {
        return new ReverseValidator(spec, settings).check();
    }

    private CheckedReverse check() {
        var timeouts = requireNonNullElse(spec.timeouts(), new ReverseTimeouts(null, null, null));
        var client = requireNonNullElse(spec.client(), new ClientSide(null, null, null, null));
        var telemetry = requireNonNullElse(spec.telemetry(), new ReverseTelemetry(null, null));
        Tracing tracing = telemetry.tracing();
        if ((spec.backendRefs() == null) == (spec.rules() == null)) {
            findings.error(
                    "spec",
                    "none or both of backendRefs and rules are given",
                    "give backendRefs alone when all requests go to the same backends, else rules alone");
        }
        List<CheckedListener> listeners = listeners();
        Running running =
                Running.check(spec.replicas(), spec.infrastructure(), spec.drain(), telemetry.accessLog(), findings);
        List<String> hostnames = hostnames();
        List<String> trusted = ReverseClients.trusted(client.clientAddress(), findings);
        ProxyProtocolSource proxyProtocol =
                Values.proxyProtocol("spec.client.proxyProtocol", client.proxyProtocol(), findings);
        ClientLimits limits = ReverseClients.limits(client.limits(), findings);
        Duration connect = Values.duration(
                "spec.timeouts.connect",
                timeouts.connect(),
                Defaults.CONNECT_TIMEOUT,
                Duration.ofMillis(10),
                Duration.ofMinutes(5),
                false,
                findings);
        var rules = new ReverseRules(spec, listeners, new RuleTimes(timeouts, findings));
        rules.unused()
                .forEach(listener -> findings.warning(
                        "spec.listeners",
                        "'" + listener + "' passes connections through and has no rule, so it closes all",
                        "give it a rule with listener: " + listener + ", or remove it"));
        CheckedBackends backends = CheckedBackends.check(spec.backends(), rules.services(), findings);
        return new CheckedReverse(
                running,
                listeners,
                hostnames,
                trusted,
                tracing == null || requireNonNullElse(tracing.trustClient(), true),
                proxyProtocol,
                limits,
                connect,
                rules.list(),
                backends,
                findings.list());
    }

    private List<CheckedListener> listeners() {
        var ports = new Ports(settings, findings);
        ClientMtls mtls = spec.client() == null ? null : spec.client().mtls();
        var clients = CheckedTls.Clients.of("spec.client.mtls", mtls);
        if (spec.tls() != null && spec.listeners() != null) {
            findings.error(
                    "spec.tls",
                    "stands for listeners, and these are given too",
                    "give the certificates in listeners, or leave listeners out");
        }
        List<CheckedListener> listeners = spec.tls() != null
                ? List.of(
                        ports.take(
                                        "spec.tls",
                                        Defaults.TLS_LISTENER_NAME,
                                        Defaults.TLS_LISTENER_PORT,
                                        List.of(Protocol.HTTP))
                                .with(CheckedTls.of("spec.tls", spec.tls(), clients)),
                        ports.take("spec.tls", Defaults.LISTENER_NAME, Defaults.LISTENER_PORT, List.of(Protocol.HTTP))
                                .redirectingTo(Defaults.TLS_LISTENER_PORT))
                : spec.listeners() == null || spec.listeners().isEmpty()
                        ? List.of(ports.take(
                                "spec.listeners",
                                Defaults.LISTENER_NAME,
                                Defaults.LISTENER_PORT,
                                List.of(Protocol.HTTP)))
                        : given(ports, clients, spec.listeners());
        if (mtls != null
                && (listeners.stream().noneMatch(listener -> listener.tls() != null)
                        || listeners.stream()
                                .anyMatch(listener -> listener.tls() == null
                                        && listener.redirectPort() == 0
                                        && !listener.passes()))) {
            findings.error(
                    "spec.client.mtls",
                    "without TLS clients show no certificate, and a listener of protocol HTTP would serve them",
                    "give tls, or listeners of protocol HTTPS alone");
        }
        return listeners;
    }

    private List<CheckedListener> given(Ports ports, CheckedTls.@Nullable Clients clients, List<Listener> given) {
        List<CheckedListener> listeners = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Listener listener : given) {
            String path = "spec.listeners[" + listeners.size() + "]";
            String name = requireNonNullElse(listener.name(), "");
            if (!names.add(name)) {
                findings.error(path + ".name", "'" + name + "' is the name of another listener too", "give it another");
            }
            boolean secure = listener.protocol() == ListenerProtocol.HTTPS;
            if (secure != (listener.tls() != null)) {
                findings.error(path + ".tls", "is given for protocol HTTPS, and only there", "give both or neither");
            }
            listeners.add(ports.take(
                            path + ".port",
                            name,
                            requireNonNullElse(listener.port(), 0),
                            List.of(protocol(requireNonNullElse(listener.protocol(), ListenerProtocol.HTTP))))
                    .with(listener.tls() == null ? null : CheckedTls.of(path + ".tls", listener.tls(), clients)));
        }
        return listeners;
    }

    private static Protocol protocol(ListenerProtocol protocol) {
        return switch (protocol) {
            case HTTP, HTTPS -> Protocol.HTTP;
            case TCP -> Protocol.TCP;
            case TLS -> Protocol.TLS;
        };
    }

    private List<String> hostnames() {
        Set<String> names = new LinkedHashSet<>();
        List<String> given = requireNonNullElse(spec.hostnames(), List.of());
        for (int i = 0; i < given.size(); i++) {
            String path = "spec.hostnames[" + i + "]";
            String hostname = given.get(i);
            String name = Hosts.name(path, hostname, findings);
            if (name != null && !names.add(name)) {
                findings.warning(path, "'" + hostname + "' is in the list already", "remove one of them");
            }
        }
        return List.copyOf(names);
    }
}
