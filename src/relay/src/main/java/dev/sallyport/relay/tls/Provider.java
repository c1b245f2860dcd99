package dev.sallyport.relay.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.util.List;

/** Who does the cryptography. */
public enum Provider {
    /** By Netty's native library. */
    BORINGSSL(SslProvider.OPENSSL_REFCNT),
    /** By Java itself, where that library cannot be had. Its session tickets follow rules of their own. */
    JDK(SslProvider.JDK);

    /** Those with forward secrecy and authenticated encryption. */
    private static final List<String> SUITES = List.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    private final SslProvider provider;

    Provider(SslProvider provider) {
        this.provider = provider;
    }

    /** BoringSSL where it can be had. */
    public static Provider best() {
        return OpenSsl.isAvailable() ? BORINGSSL : JDK;
    }

    /** What holds on either side. */
    SslContextBuilder with(SslContextBuilder builder, List<String> versions, List<String> protocols) {
        SslContextBuilder common = builder.sslProvider(provider)
                .protocols(versions)
                .ciphers(SUITES, SupportedCipherSuiteFilter.INSTANCE)
                .sessionTimeout(Tickets.LIFE.toSeconds());
        return protocols.isEmpty()
                ? common
                : common.applicationProtocolConfig(new ApplicationProtocolConfig(
                        ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        protocols));
    }
}
