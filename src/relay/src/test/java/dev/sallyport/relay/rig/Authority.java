package dev.sallyport.relay.rig;

import dev.sallyport.model.config.SecretBundle;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Makes certificates as tests want them, and what peers need to use them. */
public final class Authority {
    private static final byte[] ECDSA_SHA256 = Der.sequence(Der.oid(1, 2, 840, 10045, 4, 3, 2));
    private static final KeyPair RSA = rsa();

    private final KeyPair keys = keys("secp256r1");
    private final String name;
    private final X509Certificate certificate;
    private int serial = 1;

    public Authority(String name) {
        this.name = name;
        this.certificate = sign(
                name,
                keys.getPublic(),
                Instant.now().plus(Duration.ofDays(1)),
                Der.sequence(Der.oid(2, 5, 29, 19), Der.yes(), Der.octets(Der.sequence(Der.yes()))));
    }

    /** A certificate with its key. */
    public record Issued(X509Certificate certificate, PrivateKey key) {
        /** Its chain as a file. */
        public byte[] certificateFile() {
            return pem("CERTIFICATE", encoded(certificate));
        }

        /** Its key as PKCS #8. */
        public byte[] keyFile() {
            return pem("PRIVATE KEY", key.getEncoded());
        }

        /** Its key in the form that was usual before: PKCS #1 or SEC 1. */
        public byte[] oldKeyFile() {
            return pem(key.getAlgorithm() + " PRIVATE KEY", Der.part(key.getEncoded(), 2));
        }
    }

    /** The authority as a file. */
    public byte[] file() {
        return pem("CERTIFICATE", encoded(certificate));
    }

    /** A certificate with an ECDSA key for some names, the first of which is its subject. */
    public Issued issue(String... names) {
        return issue(keys("secp256r1"), Instant.now().plus(Duration.ofHours(1)), names);
    }

    public Issued issueOnCurve(String curve, String... names) {
        return issue(keys(curve), Instant.now().plus(Duration.ofHours(1)), names);
    }

    public Issued issueRsa(String... names) {
        return issue(RSA, Instant.now().plus(Duration.ofHours(1)), names);
    }

    public Issued issueExpired(String... names) {
        return issue(keys("secp256r1"), Instant.now().minus(Duration.ofMinutes(1)), names);
    }

    private Issued issue(KeyPair of, Instant until, String... names) {
        byte[][] alternatives = new byte[names.length][];
        for (int i = 0; i < names.length; i++) {
            alternatives[i] = names[i].matches("[0-9.]+|.*:.*")
                    ? Der.tagged(0x87, InetAddress.ofLiteral(names[i]).getAddress())
                    : Der.text(0x82, names[i]);
        }
        return new Issued(
                sign(
                        names[0],
                        of.getPublic(),
                        until,
                        Der.sequence(Der.oid(2, 5, 29, 17), Der.octets(Der.sequence(alternatives)))),
                of.getPrivate());
    }

    private X509Certificate sign(String subject, PublicKey key, Instant until, byte[] extension) {
        byte[] body = Der.sequence(
                Der.tagged(0xA0, Der.integer(2)),
                Der.integer(serial++),
                ECDSA_SHA256,
                distinguished(name),
                Der.sequence(Der.time(Instant.now().minus(Duration.ofHours(2))), Der.time(until)),
                distinguished(subject),
                key.getEncoded(),
                Der.tagged(0xA3, Der.sequence(extension)));
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(keys.getPrivate());
            signature.update(body);
            byte[] whole = Der.sequence(body, ECDSA_SHA256, Der.bits(signature.sign()));
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(whole));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] distinguished(String commonName) {
        return Der.sequence(Der.tagged(0x31, Der.sequence(Der.oid(2, 5, 4, 3), Der.text(0x0C, commonName))));
    }

    private static KeyPair keys(String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair rsa() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] pem(String label, byte[] content) {
        return ("-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder().encodeToString(content) + "\n-----END "
                        + label + "-----\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Secrets as they come with a configuration. */
    public static final class Secrets {
        private final Map<String, byte[]> files = new HashMap<>();

        public Secrets certificate(String name, Issued issued) {
            return file(SecretBundle.certificateFile(name), issued.certificateFile())
                    .file(SecretBundle.keyFile(name), issued.keyFile());
        }

        public Secrets authority(String name, Authority authority) {
            return file(SecretBundle.authorityFile(name), authority.file());
        }

        public Secrets file(String name, byte[] content) {
            files.put(name, content);
            return this;
        }

        public SecretBundle bundle() {
            return new SecretBundle(files);
        }
    }

    /**
     * What a peer speaks TLS with by Java.
     *
     * @param trusted whose certificates it believes; null: those of nobody
     * @param shown what it shows; null: nothing
     */
    public static SSLContext context(@Nullable Authority trusted, @Nullable Issued... shown) {
        try {
            KeyStore authorities = KeyStore.getInstance("PKCS12");
            authorities.load(null, null);
            if (trusted != null) {
                authorities.setCertificateEntry("trusted", trusted.certificate);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(authorities);
            KeyStore own = KeyStore.getInstance("PKCS12");
            own.load(null, null);
            List<Issued> all = new ArrayList<>();
            for (Issued each : shown) {
                if (each != null) {
                    all.add(each);
                    own.setKeyEntry(
                            "own" + all.size(), each.key(), new char[0], new X509Certificate[] {each.certificate()});
                }
            }
            KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
            keys.init(own, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    all.isEmpty() ? null : keys.getKeyManagers(),
                    trusted == null ? null : trust.getTrustManagers(),
                    null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
