package dev.sallyport.control.validate;

import static java.util.Objects.requireNonNullElse;

import dev.sallyport.api.v1alpha1.common.AuthorityRef;
import dev.sallyport.api.v1alpha1.common.CertificateRef;
import dev.sallyport.api.v1alpha1.common.ProxyTls;
import dev.sallyport.api.v1alpha1.common.TlsVersion;
import dev.sallyport.api.v1alpha1.reverse.AlpnProtocol;
import dev.sallyport.api.v1alpha1.reverse.ClientMtls;
import dev.sallyport.api.v1alpha1.reverse.MtlsMode;
import dev.sallyport.control.input.Defaults;
import dev.sallyport.model.config.ListenerTls;
import dev.sallyport.model.config.ListenerTls.ClientCertificates;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a listener ends TLS, its references not followed yet.
 *
 * @param path of it in the object
 * @param alpn what it offers, the best first
 * @param clients what it asks of clients; null: nothing
 */
public record CheckedTls(
        String path,
        List<CertificateRef> certificates,
        ListenerTls.Version minVersion,
        List<String> alpn,
        @Nullable Clients clients) {
    public CheckedTls {
        certificates = List.copyOf(certificates);
        alpn = List.copyOf(alpn);
    }

    /**
     * The certificates of clients.
     *
     * @param path of the references
     */
    public record Clients(String path, ClientCertificates.Mode mode, List<AuthorityRef> authorities) {
        public Clients {
            authorities = List.copyOf(authorities);
        }

        static @Nullable Clients of(String path, @Nullable ClientMtls mtls) {
            return mtls == null
                    ? null
                    : new Clients(
                            path + ".caCertificateRefs",
                            mtls.mode() == MtlsMode.OPTIONAL
                                    ? ClientCertificates.Mode.OPTIONAL
                                    : ClientCertificates.Mode.REQUIRED,
                            requireNonNullElse(mtls.caCertificateRefs(), List.of()));
        }
    }

    static CheckedTls of(String path, ProxyTls tls, @Nullable Clients clients) {
        return new CheckedTls(
                path,
                requireNonNullElse(tls.certificateRefs(), List.of()),
                version(tls.minVersion()),
                Defaults.ALPN,
                clients);
    }

    static CheckedTls of(String path, dev.sallyport.api.v1alpha1.reverse.ListenerTls tls, @Nullable Clients clients) {
        return new CheckedTls(
                path,
                requireNonNullElse(tls.certificateRefs(), List.of()),
                version(tls.minVersion()),
                tls.alpn() == null || tls.alpn().isEmpty()
                        ? Defaults.ALPN
                        : tls.alpn().stream().map(CheckedTls::name).toList(),
                clients);
    }

    private static ListenerTls.Version version(@Nullable TlsVersion version) {
        return version == TlsVersion.TLS_1_3 ? ListenerTls.Version.TLS_1_3 : ListenerTls.Version.TLS_1_2;
    }

    private static String name(AlpnProtocol protocol) {
        return switch (protocol) {
            case H2 -> "h2";
            case HTTP_1_1 -> "http/1.1";
        };
    }
}
