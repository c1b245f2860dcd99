package dev.sallyport.operator.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.KeyStore;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RotationTest {
    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
    private static final List<String> NAMES = List.of("sallyport-operator.sallyport-system.svc");

    private final Rotation rotation = new Rotation(NAMES);

    @Test
    void whatWasMadeIsKeptUntilItIsOld() {
        Credentials first = rotation.next(null, START).orElseThrow();
        assertThat(first.names()).isEqualTo(NAMES);
        assertThat(rotation.next(first, START)).isEmpty();
        assertThat(rotation.next(first, START.plus(Duration.ofDays(59)))).isEmpty();
        assertThat(rotation.next(first, START.plus(Duration.ofDays(61)))).hasValueSatisfying(next -> {
            assertThat(next.authorities()).isEqualTo(first.authorities());
            assertThat(next.expiry()).isAfter(START.plus(Duration.ofDays(150)));
        });
    }

    /** At every change what is shown is by an authority that was known before. */
    @Test
    void tenYearsPassWithoutACertificateThatNobodyBelieves() throws Exception {
        Credentials shown = rotation.next(null, START).orElseThrow();
        int authorities = 0;
        int certificates = 0;
        for (Instant now = START;
                now.isBefore(START.plus(Duration.ofDays(3650)));
                now = now.plus(Duration.ofHours(12))) {
            Optional<Credentials> next = rotation.next(shown, now);
            if (next.isPresent()) {
                boolean another = !next.get()
                        .authorities()
                        .getFirst()
                        .equals(shown.authorities().getFirst());
                boolean renewed = !next.get().server().equals(shown.server());
                assertThat(another).as("one thing at a time").isNotEqualTo(renewed);
                authorities += another ? 1 : 0;
                certificates += renewed ? 1 : 0;
                // Whoever has not heard of the change believes the certificate all the same.
                validate(next.get().server().certificate(), shown.authorities(), now);
                shown = next.get();
                validate(shown.server().certificate(), shown.authorities(), now);
            }
            assertThat(now).isBefore(shown.expiry());
            assertThat(shown.authorities()).hasSizeLessThanOrEqualTo(2);
        }
        assertThat(authorities).isEqualTo(4);
        assertThat(certificates).isBetween(55, 65);
    }

    @Test
    void anotherNameTakesAnotherCertificateAtOnce() {
        Credentials first = rotation.next(null, START).orElseThrow();
        Rotation renamed = new Rotation(List.of("a.example", "b.example"));
        assertThat(renamed.next(first, START)).hasValueSatisfying(next -> {
            assertThat(next.names()).containsExactly("a.example", "b.example");
            assertThat(next.authorities()).isEqualTo(first.authorities());
        });
    }

    @Test
    void aNewAuthorityIsHeardOfBeforeItSigns() {
        Credentials first = rotation.next(null, START).orElseThrow();
        Instant late = START.plus(Duration.ofDays(89));
        Credentials aged = new Credentials(
                List.of(Issued.authority("new", late, Duration.ofDays(1000)).certificate()),
                first.authorityKey(),
                first.server());
        assertThat(rotation.next(aged, late.plus(Duration.ofMinutes(10)))).isEmpty();
        assertThat(rotation.next(aged, late.plus(Duration.ofMinutes(70)))).isPresent();
    }

    @Test
    void theExpiredIsMadeAnew() {
        Credentials first = rotation.next(null, START).orElseThrow();
        assertThat(rotation.next(first, START.plus(Duration.ofDays(91))))
                .hasValueSatisfying(next -> assertThat(next.authorities()).isNotEqualTo(first.authorities()));
    }

    @Test
    void aSecretHoldsAllOfIt() {
        Credentials first = rotation.next(null, START).orElseThrow();
        assertThat(Credentials.read(first.data())).contains(first);
        assertThat(Credentials.read(Map.of())).isEmpty();
        assertThat(Credentials.read(Map.of("ca.crt", "eA==", "ca.key", "eA==", "tls.crt", "eA==", "tls.key", "eA==")))
                .isEmpty();
    }

    private static void validate(X509Certificate certificate, List<X509Certificate> authorities, Instant now)
            throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        for (X509Certificate authority : authorities) {
            trusted.setCertificateEntry(authority.getSerialNumber().toString(), authority);
        }
        PKIXParameters parameters = new PKIXParameters(trusted);
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(now));
        CertPathValidator.getInstance("PKIX")
                .validate(CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate)), parameters);
        assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    }
}
