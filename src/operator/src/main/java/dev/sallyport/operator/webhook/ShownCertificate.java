package dev.sallyport.operator.webhook;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** The one certificate that the webhook shows; another one takes its place for the next handshake. */
final class ShownCertificate extends X509ExtendedKeyManager {
    /** The newest first; a handshake that began with the one before ends with it. */
    private volatile List<Issued> shown;

    ShownCertificate(Issued first) {
        shown = List.of(first);
    }

    void show(Issued next) {
        Issued before = shown.getFirst();
        if (!before.equals(next)) {
            shown = List.of(next, before);
        }
    }

    SSLContext context() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {this}, null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public @Nullable String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
        return "EC".equals(keyType) ? alias(shown.getFirst()) : null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return new X509Certificate[] {named(alias).certificate()};
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return named(alias).key();
    }

    @Override
    public String[] getServerAliases(String keyType, Principal[] issuers) {
        return new String[] {alias(shown.getFirst())};
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
        return "EC".equals(keyType) ? alias(shown.getFirst()) : null;
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal[] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
        return null;
    }

    private Issued named(String alias) {
        List<Issued> now = shown;
        return now.stream().filter(one -> alias(one).equals(alias)).findFirst().orElse(now.getFirst());
    }

    private static String alias(Issued issued) {
        return issued.certificate().getSerialNumber().toString(16);
    }
}
