package dev.sallyport.control.resolve;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Texts of RFC 7468. */
final class Pem {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");

    private Pem() {}

    /** What stands between a first line and a last one. */
    record Block(String label, byte[] content) {}

    /** All blocks of a text; what is around them does not count. */
    static List<Block> blocks(byte[] text) throws UnusableException {
        List<Block> blocks = new ArrayList<>();
        Matcher block = BLOCK.matcher(new String(text, StandardCharsets.ISO_8859_1));
        while (block.find()) {
            try {
                blocks.add(new Block(block.group(1), Base64.getMimeDecoder().decode(block.group(2))));
            } catch (IllegalArgumentException e) {
                throw new UnusableException("is not PEM: the content of " + block.group(1) + " is not Base64");
            }
        }
        return blocks;
    }

    /**
     * The certificates of a text, at least one.
     *
     * @param what the text is called
     */
    static List<X509Certificate> certificates(String what, byte[] text) throws UnusableException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks(text)) {
            if (!block.label().equals("CERTIFICATE")) {
                continue;
            }
            try {
                certificates.add((X509Certificate) CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(block.content())));
            } catch (CertificateException e) {
                throw new UnusableException("certificate " + (certificates.size() + 1) + " of " + what
                        + " cannot be read; give X.509 in PEM");
            }
        }
        if (certificates.isEmpty()) {
            throw new UnusableException(what + " holds no certificate; give X.509 in PEM");
        }
        return certificates;
    }

    /** A block as text, with lines of 64 characters. */
    static String write(String label, byte[] content) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
    }
}
