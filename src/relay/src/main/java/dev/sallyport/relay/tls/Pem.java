package dev.sallyport.relay.tls;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads certificates and keys as PEM (RFC 7468). What it complains of never shows what it has read. */
final class Pem {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----", Pattern.DOTALL);

    private Pem() {}

    private record Block(String label, byte[] content) {}

    /**
     * All certificates of a file, at least one.
     *
     * @throws IllegalArgumentException when it has none, or one that is none
     */
    static List<X509Certificate> certificates(byte[] file) {
        List<X509Certificate> all = new ArrayList<>();
        for (Block block : blocks(file)) {
            if (block.label().equals("CERTIFICATE")) {
                all.add(certificate(block.content(), all.size()));
            }
        }
        if (all.isEmpty()) {
            throw new IllegalArgumentException(
                    "there is no certificate in it: it must be PEM, from '-----BEGIN CERTIFICATE-----' on");
        }
        return all;
    }

    private static X509Certificate certificate(byte[] content, int index) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(content));
        } catch (CertificateException e) {
            throw new IllegalArgumentException("the certificate number " + (index + 1) + " in it is not readable", e);
        }
    }

    /**
     * The one key of a file.
     *
     * @param of the public key that belongs to it
     * @throws IllegalArgumentException when it has none that is readable, or more
     */
    static PrivateKey key(byte[] file, PublicKey of) {
        PrivateKey key = null;
        for (Block block : blocks(file)) {
            if (block.label().equals("ENCRYPTED PRIVATE KEY")) {
                throw new IllegalArgumentException("the private key is encrypted: it must be without a passphrase");
            }
            for (KeyFormat format : KeyFormat.values()) {
                if (format.label().equals(block.label())) {
                    if (key != null) {
                        throw new IllegalArgumentException("there are several private keys: it must be one");
                    }
                    key = key(format.pkcs8(block.content(), of), of.getAlgorithm());
                }
            }
        }
        if (key == null) {
            throw new IllegalArgumentException("there is no private key: it must be PEM, PKCS #8, PKCS #1 or SEC 1");
        }
        return key;
    }

    private static PrivateKey key(byte[] pkcs8, String algorithm) {
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException e) {
            // The cause may tell of the content.
            throw new IllegalArgumentException(
                    "the private key is not readable as one for " + algorithm + ", which the certificate is for");
        }
    }

    private static List<Block> blocks(byte[] file) {
        List<Block> blocks = new ArrayList<>();
        Matcher block = BLOCK.matcher(new String(file, StandardCharsets.ISO_8859_1));
        while (block.find()) {
            try {
                blocks.add(new Block(block.group(1), Base64.getMimeDecoder().decode(block.group(2))));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("what is between the lines of " + block.group(1) + " is not Base64");
            }
        }
        return blocks;
    }
}
