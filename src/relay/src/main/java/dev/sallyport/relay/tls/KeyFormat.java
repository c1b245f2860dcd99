package dev.sallyport.relay.tls;

import java.security.PublicKey;
import java.util.Arrays;

/**
 * The forms in which PEM files hold private keys. Those of one algorithm are put into the one that Java reads.
 */
enum KeyFormat {
    /** Of any algorithm: PKCS #8 (RFC 5958). */
    PKCS8("PRIVATE KEY"),
    /** RSA: PKCS #1 (RFC 8017, appendix A.1.2). */
    PKCS1("RSA PRIVATE KEY"),
    /** Elliptic curves (RFC 5915). */
    SEC1("EC PRIVATE KEY");

    private static final byte[] VERSION = {2, 1, 0};
    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 4;

    private final String label;

    KeyFormat(String label) {
        this.label = label;
    }

    /** What the file calls it. */
    String label() {
        return label;
    }

    /** The key as PKCS #8. What it is for is said by the public key that belongs to it. */
    byte[] pkcs8(byte[] key, PublicKey of) {
        return this == PKCS8
                ? key
                : tagged(SEQUENCE, concat(VERSION, algorithm(of.getEncoded()), tagged(OCTET_STRING, key)));
    }

    /** A public key (RFC 5280, section 4.1.2.7) is a sequence that begins with the algorithm, itself a sequence. */
    private static byte[] algorithm(byte[] publicKey) {
        int at = contentAt(publicKey, 0);
        int content = contentAt(publicKey, at);
        return Arrays.copyOfRange(publicKey, at, content + length(publicKey, at));
    }

    private static int contentAt(byte[] der, int at) {
        int first = der[at + 1] & 0xFF;
        return at + 2 + (first < 0x80 ? 0 : first & 0x7F);
    }

    private static int length(byte[] der, int at) {
        int first = der[at + 1] & 0xFF;
        if (first < 0x80) {
            return first;
        }
        int length = 0;
        for (int i = at + 2; i < contentAt(der, at); i++) {
            length = length << 8 | der[i] & 0xFF;
        }
        return length;
    }

    private static byte[] tagged(int tag, byte[] content) {
        int n = content.length;
        byte[] head = n < 0x80
                ? new byte[] {(byte) tag, (byte) n}
                : new byte[] {(byte) tag, (byte) 0x83, (byte) (n >> 16), (byte) (n >> 8), (byte) n};
        if (n >= 0x80 && n < 0x100) {
            head = new byte[] {(byte) tag, (byte) 0x81, (byte) n};
        } else if (n >= 0x100 && n < 0x10000) {
            head = new byte[] {(byte) tag, (byte) 0x82, (byte) (n >> 8), (byte) n};
        }
        return concat(head, content);
    }

    private static byte[] concat(byte[]... parts) {
        byte[] all = new byte[Arrays.stream(parts).mapToInt(part -> part.length).sum()];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }
}
