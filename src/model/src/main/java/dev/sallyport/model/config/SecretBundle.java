package dev.sallyport.model.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a configuration refers to and does not hold, as it is secret: the files of one Secret that is mounted beside it.
 * Its contents are never shown.
 */
public final class SecretBundle {
    /** Nothing. */
    public static final SecretBundle EMPTY = new SecretBundle(Map.of());

    private static final String CERTIFICATE = ".crt";
    private static final String KEY = ".key";
    private static final String AUTHORITY = ".ca";

    /** What is left of the 253 characters of a Secret's key for the name before its ending. */
    private static final int LONGEST = 253 - 4;

    private final SortedMap<String, byte[]> files = new TreeMap<>();

    /** @param files by name; the contents are not to be changed */
    public SecretBundle(Map<String, byte[]> files) {
        this.files.putAll(files);
    }

    /** The name of the file with a certificate's chain, PEM, leaf first. */
    public static String certificateFile(String certificate) {
        return certificate + CERTIFICATE;
    }

    /** The name of the file with a certificate's private key, PEM, PKCS #8. */
    public static String keyFile(String certificate) {
        return certificate + KEY;
    }

    /** The name of the file with the certificates of an authority, PEM. */
    public static String authorityFile(String authority) {
        return authority + AUTHORITY;
    }

    /** Whether a file of this name belongs to a bundle. */
    public static boolean isFile(String name) {
        return name.endsWith(CERTIFICATE) || name.endsWith(KEY) || name.endsWith(AUTHORITY);
    }

    /** The name that a Secret's content has in a bundle. No two have the same, as a namespace has no dot. */
    public static String name(String namespace, String name) {
        return fitting(namespace + "." + name);
    }

    /** The name that a ConfigMap's content has in a bundle; no Secret's has it, as names have no underscore. */
    public static String configMapName(String namespace, String name) {
        return fitting(namespace + "." + name + "_configmap");
    }

    /** A name that is too long for the key of a Secret is cut, and told apart by a hash of the whole. */
    private static String fitting(String name) {
        if (name.length() <= LONGEST) {
            return name;
        }
        String hash = HexFormat.of().formatHex(sha256().digest(name.getBytes(StandardCharsets.UTF_8)), 0, 16);
        return name.substring(0, LONGEST - hash.length() - 1) + "_" + hash;
    }

    /** The chain of a certificate, or null when it is not there. */
    public byte @Nullable [] certificate(String certificate) {
        return files.get(certificateFile(certificate));
    }

    /** The private key of a certificate, or null when it is not there. */
    public byte @Nullable [] key(String certificate) {
        return files.get(keyFile(certificate));
    }

    /** The certificates of an authority, or null when it is not there. */
    public byte @Nullable [] authority(String authority) {
        return files.get(authorityFile(authority));
    }

    /** What it has of some certificates and authorities. */
    public SecretBundle only(Collection<String> certificates, Collection<String> authorities) {
        SortedMap<String, byte[]> some = new TreeMap<>(files);
        Set<String> names = new HashSet<>();
        certificates.forEach(certificate -> {
            names.add(certificateFile(certificate));
            names.add(keyFile(certificate));
        });
        authorities.forEach(authority -> names.add(authorityFile(authority)));
        some.keySet().retainAll(names);
        return new SecretBundle(some);
    }

    /** All files, by name. */
    public SortedMap<String, byte[]> files() {
        return files;
    }

    public boolean isEmpty() {
        return files.isEmpty();
    }

    /** The name of the content: SHA-256 over all names and contents, in lower-case hexadecimal, cut to 16 digits; empty for none. */
    public String revision() {
        if (files.isEmpty()) {
            return "";
        }
        MessageDigest all = sha256();
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            all.update((file.getKey() + ":" + file.getValue().length + "\n").getBytes(StandardCharsets.UTF_8));
            all.update(file.getValue());
        }
        return HexFormat.of().formatHex(all.digest(), 0, 8);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SecretBundle bundle
                && files.keySet().equals(bundle.files.keySet())
                && files.entrySet().stream()
                        .allMatch(file -> Arrays.equals(file.getValue(), bundle.files.get(file.getKey())));
    }

    @Override
    public int hashCode() {
        return files.keySet().hashCode();
    }

    /** The names alone. */
    @Override
    public String toString() {
        return files.keySet().toString();
    }
}
