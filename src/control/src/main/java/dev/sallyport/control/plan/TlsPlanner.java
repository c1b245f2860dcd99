package dev.sallyport.control.plan;

import static java.util.Objects.requireNonNullElse;

import dev.sallyport.api.v1alpha1.common.AuthorityRef;
import dev.sallyport.api.v1alpha1.reverse.BackendTls;
import dev.sallyport.api.v1alpha1.reverse.BackendValidation;
import dev.sallyport.control.resolve.Certificate;
import dev.sallyport.control.resolve.Credentials;
import dev.sallyport.control.resolve.ServicePort;
import dev.sallyport.control.validate.CheckedTls;
import dev.sallyport.control.validate.Finding;
import dev.sallyport.model.config.ListenerTls;
import dev.sallyport.model.config.ListenerTls.ClientCertificates;
import dev.sallyport.model.config.OriginTls;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Plans TLS on both sides of a relay. Where what it needs cannot be used, nothing is served in its place. */
final class TlsPlanner {
    private final Credentials credentials;
    private final List<Finding> findings = new ArrayList<>();

    TlsPlanner(Credentials credentials) {
        this.credentials = credentials;
    }

    /**
     * What a listener is to do, or empty when it cannot do it and must stay closed.
     *
     * @param hostnames that the proxy answers for
     */
    Optional<ListenerTls> listener(CheckedTls tls, List<String> hostnames) {
        String path = tls.path() + ".certificateRefs";
        List<String> certificates = IntStream.range(0, tls.certificates().size())
                .boxed()
                .flatMap(i -> credentials
                        .certificate(path + "[" + i + "]", tls.certificates().get(i))
                        .stream())
                .distinct()
                .toList();
        CheckedTls.Clients clients = tls.clients();
        List<String> authorities = clients == null ? List.of() : authorities(clients.path(), clients.authorities());
        if (certificates.isEmpty() || clients != null && authorities.isEmpty()) {
            return Optional.empty();
        }
        cover(path, hostnames);
        return Optional.of(new ListenerTls(
                certificates,
                tls.minVersion(),
                tls.alpn(),
                clients == null ? null : new ClientCertificates(clients.mode(), authorities)));
    }

    /**
     * What the relay does towards a Service, or empty when it cannot.
     *
     * @param path of {@code tls}
     */
    Optional<OriginTls> origin(String path, BackendTls tls, ServicePort port) {
        var validation = requireNonNullElse(tls.validation(), new BackendValidation(null, null));
        List<AuthorityRef> wanted = requireNonNullElse(validation.caCertificateRefs(), List.of());
        List<String> authorities = authorities(path + ".validation.caCertificateRefs", wanted);
        Optional<String> certificate = tls.clientCertificateRef() == null
                ? Optional.of("")
                : credentials.certificate(path + ".clientCertificateRef", tls.clientCertificateRef());
        if (certificate.isEmpty() || authorities.isEmpty() && !wanted.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new OriginTls(
                requireNonNullElse(validation.hostname(), port.service() + "." + port.namespace() + ".svc"),
                authorities,
                certificate.get()));
    }

    /** What the owner should know. */
    List<Finding> findings() {
        return List.copyOf(findings);
    }

    private List<String> authorities(String path, List<AuthorityRef> refs) {
        return IntStream.range(0, refs.size())
                .boxed()
                .flatMap(i -> credentials.authority(path + "[" + i + "]", refs.get(i)).stream())
                .distinct()
                .toList();
    }

    private void cover(String path, List<String> hostnames) {
        List<Certificate> shown = credentials.certificates().stream()
                .filter(certificate -> certificate.path().startsWith(path))
                .toList();
        for (String hostname : hostnames) {
            if (shown.stream().noneMatch(certificate -> certificate.covers(hostname))) {
                findings.add(new Finding(
                        path,
                        "no certificate is valid for " + hostname + ", so that clients will refuse it",
                        "add one that names it",
                        Finding.Reason.UNWISE));
            }
        }
    }
}
