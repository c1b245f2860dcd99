package dev.sallyport.control.plan;

import dev.sallyport.control.resolve.ServicePort;
import dev.sallyport.control.resolve.Target;
import dev.sallyport.control.resolve.Unresolved;
import dev.sallyport.control.validate.CheckedBackends;
import dev.sallyport.control.validate.Finding;
import dev.sallyport.model.config.Cluster.Protocol;
import java.util.Optional;

/**
 * What is spoken with the port of a Service in requests: what {@code backends[]} says of it, else what the port itself says by
 * {@code appProtocol}, in the words of Kubernetes (KEP-3726) as Gateway API takes them (GEP-1911).
 */
final class Spoken {
    private static final String H2C = "kubernetes.io/h2c";
    private static final String GRPC = "grpc";
    private static final String HTTPS = "https";
    private static final String WSS = "kubernetes.io/wss";

    private Spoken() {}

    /** Nowhere, when it leads to a port that speaks TLS and nothing says how it is to be judged: plain HTTP is not it. */
    static Target judge(Target target, CheckedBackends backends) {
        return switch (target) {
            case Target.Found found
            when lacksTls(found.port(), backends) ->
                new Target.Missing(
                        new Unresolved(
                                found.path() + ".port",
                                Unresolved.Reason.UNSUPPORTED_PROTOCOL,
                                "port " + found.port().port() + " of Service "
                                        + found.port().service() + " says by appProtocol that it speaks "
                                        + found.port().appProtocol() + ", and spec.backends gives no tls for it;"
                                        + " give tls, or protocol: HTTP11 where it speaks none"),
                        found.weight());
            default -> target;
        };
    }

    private static boolean lacksTls(ServicePort port, CheckedBackends backends) {
        CheckedBackends.Entry backend = backends.of(port.service());
        boolean secure = port.appProtocol().equals(HTTPS) || port.appProtocol().equals(WSS);
        return secure && backend.security() == null && backend.protocol() == null;
    }

    /** What the owner should know of a port whose connections are over TLS. */
    static Optional<Finding> finding(ServicePort port, CheckedBackends.Entry backend) {
        CheckedBackends.Security security = backend.security();
        return security == null
                        || backend.protocol() != null
                        || !port.appProtocol().equals(H2C)
                ? Optional.empty()
                : Optional.of(new Finding(
                        security.path(),
                        "port " + port.port() + " of Service " + port.service() + " says by appProtocol that it speaks "
                                + H2C + ", which is without TLS, and is spoken to with TLS all the same",
                        "remove one of the two, or say by protocol what is spoken",
                        Finding.Reason.UNWISE));
    }

    /**
     * What is spoken.
     *
     * @param alone whether each request needs a connection of its own, as a header at its beginning tells of one client
     */
    static Protocol of(ServicePort port, CheckedBackends.Entry backend, boolean alone) {
        if (backend.protocol() != null) {
            return backend.protocol();
        }
        if (alone) {
            return Protocol.HTTP11;
        }
        boolean secure = backend.security() != null;
        return switch (port.appProtocol()) {
            case H2C -> secure ? Protocol.NEGOTIATED : Protocol.H2C;
            case GRPC -> secure ? Protocol.HTTP2 : Protocol.H2C;
            case WSS -> Protocol.HTTP11;
            default -> secure ? Protocol.NEGOTIATED : Protocol.HTTP11;
        };
    }
}
