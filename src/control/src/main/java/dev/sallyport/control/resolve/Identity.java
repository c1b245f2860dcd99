package dev.sallyport.control.resolve;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A certificate with those that signed it, and its private key.
 *
 * @param chain the leaf first
 * @param key PKCS #8
 */
record Identity(List<X509Certificate> chain, byte[] key) {
    private static final Map<String, String> SIGNATURES =
            Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA");
    private static final byte[] PROBE = "whether a key fits a certificate".getBytes(StandardCharsets.US_ASCII);

    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};

    /** Reads both and sees to it that they fit. */
    static Identity read(byte[] certificates, byte[] key) throws UnusableException {
        List<X509Certificate> chain = Pem.certificates("tls.crt", certificates);
        PublicKey pub = chain.getFirst().getPublicKey();
        byte[] pkcs8 = pkcs8(key, pub);
        if (!fits(pkcs8, pub)) {
            throw new UnusableException(
                    "tls.key is not the private key of the first certificate in tls.crt; give the two that were made together");
        }
        return new Identity(chain, pkcs8);
    }

    /** The chain as a text, in canonical form. */
    byte[] certificatePem() {
        return pem(chain);
    }

    /** The key as a text, in canonical form. */
    byte[] keyPem() {
        return Pem.write("PRIVATE KEY", key).getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] pem(List<X509Certificate> certificates) {
        return certificates.stream()
                .map(certificate -> Pem.write("CERTIFICATE", encoded(certificate)))
                .collect(Collectors.joining())
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] pkcs8(byte[] text, PublicKey pub) throws UnusableException {
        for (Pem.Block block : Pem.blocks(text)) {
            switch (block.label()) {
                case "PRIVATE KEY" -> {
                    return block.content();
                }
                case "RSA PRIVATE KEY", "EC PRIVATE KEY" -> {
                    return wrapped(block.content(), pub);
                }
                case "ENCRYPTED PRIVATE KEY" ->
                    throw new UnusableException("tls.key needs a passphrase; give it without one");
                default -> {}
            }
        }
        throw new UnusableException("tls.key holds no private key; give one in PEM, without a passphrase");
    }

    /**
     * A key of PKCS #1 or of RFC 5915 as PKCS #8 (RFC 5958), which says the algorithm beside it: the one that the public
     * key says of itself.
     */
    private static byte[] wrapped(byte[] key, PublicKey pub) throws UnusableException {
        ByteBuffer info = ByteBuffer.wrap(pub.getEncoded());
        header(info);
        ByteBuffer algorithm = info.slice();
        int length = header(algorithm) + algorithm.position();
        byte[] identifier = new byte[length];
        algorithm.rewind().get(identifier);
        return element(SEQUENCE, VERSION_0, identifier, element(OCTETS, key));
    }

    /** Passes a tag and a length of DER, which it gives. */
    private static int header(ByteBuffer der) throws UnusableException {
        der.get();
        int length = der.get() & 0xff;
        if (length < 0x80) {
            return length;
        }
        int octets = length & 0x7f;
        if (octets > 3) {
            throw new UnusableException("the certificate's key is too long");
        }
        length = 0;
        for (int i = 0; i < octets; i++) {
            length = length << 8 | der.get() & 0xff;
        }
        return length;
    }

    private static byte[] element(int tag, byte[]... parts) {
        var content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        int length = content.size();
        var der = new ByteArrayOutputStream();
        der.write(tag);
        if (length < 0x80) {
            der.write(length);
        } else {
            int octets = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 7) / 8;
            der.write(0x80 | octets);
            for (int i = octets - 1; i >= 0; i--) {
                der.write(length >> 8 * i);
            }
        }
        der.writeBytes(content.toByteArray());
        return der.toByteArray();
    }

    private static boolean fits(byte[] pkcs8, PublicKey pub) throws UnusableException {
        String algorithm = SIGNATURES.get(pub.getAlgorithm());
        if (algorithm == null) {
            throw new UnusableException("the certificate has a key of algorithm " + pub.getAlgorithm()
                    + ", which TLS does not use; give one of RSA, EC or Ed25519");
        }
        try {
            PrivateKey key = KeyFactory.getInstance(pub.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(pub);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            // Of another algorithm, or of another length.
            return false;
        }
    }
}
