package dev.sallyport.relay.tls;

import io.netty.handler.ssl.OpenSslCertificateException;
import io.netty.internal.tcnative.CertificateVerifier;
import java.net.Socket;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Says why it does not trust a certificate in the words of BoringSSL, which tells the peer by an alert (RFC 8446 section 6.2).
 * Of Java's words Netty translates those on dates and revocation; all else would be an internal error.
 */
final class ReasonedTrust extends X509ExtendedTrustManager {
    private static final Set<CertPathValidatorException.Reason> TRANSLATED =
            Set.of(BasicReason.EXPIRED, BasicReason.NOT_YET_VALID, BasicReason.REVOKED);

    private final X509ExtendedTrustManager judge;

    ReasonedTrust(X509ExtendedTrustManager judge) {
        this.judge = judge;
    }

    private static void reasoned(Check check) throws CertificateException {
        try {
            check.run();
        } catch (CertificateException refused) {
            int reason = CertificateVerifier.X509_V_ERR_CERT_REJECTED;
            for (Throwable each = refused; each != null; each = each.getCause()) {
                if (each instanceof CertPathValidatorException invalid && TRANSLATED.contains(invalid.getReason())) {
                    throw refused;
                }
                if (each instanceof CertPathBuilderException) {
                    reason = CertificateVerifier.X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
                }
            }
            throw new OpenSslCertificateException(refused.getMessage(), refused, reason);
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        reasoned(() -> judge.checkClientTrusted(chain, authType));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        reasoned(() -> judge.checkClientTrusted(chain, authType, socket));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        reasoned(() -> judge.checkClientTrusted(chain, authType, engine));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        reasoned(() -> judge.checkServerTrusted(chain, authType));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        reasoned(() -> judge.checkServerTrusted(chain, authType, socket));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        reasoned(() -> judge.checkServerTrusted(chain, authType, engine));
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return judge.getAcceptedIssuers();
    }

    private interface Check {
        void run() throws CertificateException;
    }
}
