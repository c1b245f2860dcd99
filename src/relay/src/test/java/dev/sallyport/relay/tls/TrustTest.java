package dev.sallyport.relay.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sallyport.relay.rig.Authority;
import io.netty.handler.ssl.OpenSslCertificateException;
import io.netty.internal.tcnative.CertificateVerifier;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;

/** Why a certificate is not trusted, as BoringSSL is told it. Clients of Java do not even show those of unknown authorities. */
class TrustTest {
    private final Authority partners = new Authority("partners");
    private final X509TrustManager trust =
            (X509TrustManager) Trust.in(Pem.certificates(partners.file()), Provider.best());

    @Test
    void tellsThatItDoesNotKnowTheAuthority() {
        assertThat(reason(new Authority("others")))
                .isEqualTo(CertificateVerifier.X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
    }

    @Test
    void tellsThatTheSignatureIsNotTheAuthoritys() {
        assertThat(reason(new Authority("partners"))).isEqualTo(CertificateVerifier.X509_V_ERR_CERT_REJECTED);
    }

    @Test
    void trustsWhatIsSignedByTheAuthority() throws CertificateException {
        trust.checkClientTrusted(chain(partners), "UNKNOWN");
        assertThat(trust.getAcceptedIssuers())
                .isEqualTo(Pem.certificates(partners.file()).toArray());
    }

    private int reason(Authority by) {
        return catchThrowableOfType(
                        OpenSslCertificateException.class, () -> trust.checkClientTrusted(chain(by), "UNKNOWN"))
                .errorCode();
    }

    private static X509Certificate[] chain(Authority by) {
        return List.of(by.issue("partner").certificate()).toArray(X509Certificate[]::new);
    }
}
