package dev.sallyport.operator.webhook;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A certificate with its key, ECDSA on P-256 (RFC 5280). */
record Issued(X509Certificate certificate, PrivateKey key) {
    /** For clocks that are behind. */
    private static final Duration EARLIER = Duration.ofMinutes(10);

    private static final byte[] ECDSA_SHA256 = Der.sequence(Der.oid(1, 2, 840, 10045, 4, 3, 2));
    private static final SecureRandom RANDOM = new SecureRandom();

    /** An authority of its own. */
    static Issued authority(String name, Instant now, Duration life) {
        KeyPair keys = keys();
        byte[] extensions = Der.sequence(
                extension(19, Der.sequence(Der.yes())),
                // keyCertSign and cRLSign.
                extension(15, Der.bits(1, new byte[] {0x06})));
        return new Issued(
                sign(name, name, keys.getPublic(), keys.getPrivate(), now, now.plus(life), extensions),
                keys.getPrivate());
    }

    /** A server's certificate for DNS {@code names}, by this authority, which it does not outlive. */
    Issued server(List<String> names, Instant now, Duration life) {
        KeyPair keys = keys();
        Instant last = certificate.getNotAfter().toInstant();
        Instant until = now.plus(life).isBefore(last) ? now.plus(life) : last;
        byte[][] alternatives = names.stream().map(name -> Der.text(0x82, name)).toArray(byte[][]::new);
        byte[] extensions = Der.sequence(
                // digitalSignature.
                extension(15, Der.bits(7, new byte[] {(byte) 0x80})),
                extension(37, Der.sequence(Der.oid(1, 3, 6, 1, 5, 5, 7, 3, 1))),
                extension(17, Der.sequence(alternatives)));
        String issuer = certificate.getSubjectX500Principal().getName().substring("CN=".length());
        return new Issued(
                sign(issuer, "sallyport-operator", keys.getPublic(), key, now, until, extensions), keys.getPrivate());
    }

    private static X509Certificate sign(
            String issuer,
            String subject,
            PublicKey of,
            PrivateKey by,
            Instant from,
            Instant until,
            byte[] extensions) {
        byte[] body = Der.sequence(
                Der.tagged(0xA0, Der.integer(BigInteger.TWO)),
                Der.integer(new BigInteger(127, RANDOM).add(BigInteger.ONE)),
                ECDSA_SHA256,
                distinguished(issuer),
                Der.sequence(Der.time(from.minus(EARLIER)), Der.time(until)),
                distinguished(subject),
                of.getEncoded(),
                Der.tagged(0xA3, extensions));
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(by);
            signature.update(body);
            byte[] whole = Der.sequence(body, ECDSA_SHA256, Der.bits(0, signature.sign()));
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(whole));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A critical one below 2.5.29, but for names and purposes, which every reader knows. */
    private static byte[] extension(int arc, byte[] value) {
        byte[] id = Der.oid(2, 5, 29, arc);
        return arc == 19 || arc == 15
                ? Der.sequence(id, Der.yes(), Der.octets(value))
                : Der.sequence(id, Der.octets(value));
    }

    private static byte[] distinguished(String commonName) {
        return Der.sequence(Der.tagged(0x31, Der.sequence(Der.oid(2, 5, 4, 3), Der.text(0x0C, commonName))));
    }

    private static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
