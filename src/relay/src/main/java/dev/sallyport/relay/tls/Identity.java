package dev.sallyport.relay.tls;

import dev.sallyport.model.config.SecretBundle;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.util.List;

/**
 * A certificate with its key, as one end shows it.
 *
 * @param chain leaf first
 * @param names that it is for
 * @param ecdsaScheme of the signatures that its key makes (RFC 8446, section 4.2.3); 0 for an RSA key
 */
record Identity(List<X509Certificate> chain, PrivateKey key, CertificateNames names, int ecdsaScheme) {
    private static final int MOST_CERTIFICATES = 10;

    /**
     * The one of a name.
     *
     * @throws IllegalArgumentException when it is not there or not usable; without its content
     */
    static Identity of(String name, SecretBundle secrets) {
        byte[] certificate = secrets.certificate(name);
        byte[] privateKey = secrets.key(name);
        if (certificate == null || privateKey == null) {
            throw new IllegalArgumentException("there is no certificate '" + name + "' among the secrets");
        }
        List<X509Certificate> chain = Pem.certificates(certificate);
        if (chain.size() > MOST_CERTIFICATES) {
            throw new IllegalArgumentException(
                    "the chain has " + chain.size() + " certificates: the most is " + MOST_CERTIFICATES);
        }
        PublicKey publicKey = chain.getFirst().getPublicKey();
        int scheme = scheme(publicKey);
        PrivateKey key = Pem.key(privateKey, publicKey);
        if (!fit(key, publicKey)) {
            throw new IllegalArgumentException("the private key does not belong to the first certificate");
        }
        return new Identity(List.copyOf(chain), key, CertificateNames.of(chain.getFirst()), scheme);
    }

    private static int scheme(PublicKey key) {
        return switch (key) {
            case ECKey curve ->
                switch (curve.getParams().getOrder().bitLength()) {
                    case 256 -> 0x0403;
                    case 384 -> 0x0503;
                    case 521 -> 0x0603;
                    default -> throw new IllegalArgumentException("the curve of its key is not P-256, P-384 or P-521");
                };
            default -> {
                if (!key.getAlgorithm().equals("RSA")) {
                    throw new IllegalArgumentException(
                            "its key is for " + key.getAlgorithm() + ": it must be for RSA or ECDSA");
                }
                yield 0;
            }
        };
    }

    private static boolean fit(PrivateKey key, PublicKey publicKey) {
        try {
            Signature signature =
                    Signature.getInstance(key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA");
            byte[] probe = "probe".getBytes(StandardCharsets.US_ASCII);
            signature.initSign(key);
            signature.update(probe);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(probe);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    boolean isEcdsa() {
        return ecdsaScheme != 0;
    }

    X509Certificate[] chainArray() {
        return chain.toArray(X509Certificate[]::new);
    }
}
