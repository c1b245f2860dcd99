package dev.sallyport.control.resolve;

import dev.sallyport.api.v1alpha1.common.AuthorityKind;
import dev.sallyport.api.v1alpha1.common.AuthorityRef;
import dev.sallyport.api.v1alpha1.common.CertificateRef;
import dev.sallyport.control.input.References;
import dev.sallyport.control.resolve.Unresolved.Reason;
import dev.sallyport.model.config.SecretBundle;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Follows the references of one proxy to certificates, and collects what they lead to. What cannot be used is left out
 * and said; the content of a Secret is in {@link #bundle} and nowhere else.
 */
public final class Credentials {
    private static final String CERTIFICATE = "tls.crt";
    private static final String KEY = "tls.key";
    private static final String AUTHORITY = "ca.crt";

    private final String namespace;
    private final References references;
    private final Map<String, byte[]> files = new TreeMap<>();
    private final Map<String, Certificate> certificates = new LinkedHashMap<>();
    private final List<Unresolved> unresolved = new ArrayList<>();

    /** @param namespace of the proxy */
    public Credentials(String namespace, References references) {
        this.namespace = namespace;
        this.references = references;
    }

    /** The name that a certificate with its key has in the bundle, or empty when it cannot be used. */
    public Optional<String> certificate(String path, CertificateRef ref) {
        String name = String.valueOf(ref.name());
        if (!isOwn(path, ref.namespace())) {
            return Optional.empty();
        }
        try {
            Secret secret = secret(name);
            Identity identity = Identity.read(content(secret, CERTIFICATE), content(secret, KEY));
            String file = SecretBundle.name(namespace, name);
            files.put(SecretBundle.certificateFile(file), identity.certificatePem());
            files.put(SecretBundle.keyFile(file), identity.keyPem());
            certificates.putIfAbsent(
                    path, Certificate.of(path, name, identity.chain().getFirst()));
            return Optional.of(file);
        } catch (UnusableException e) {
            unresolved.add(
                    new Unresolved(path, Reason.INVALID_CERTIFICATE_REF, "Secret " + name + ": " + e.getMessage()));
            return Optional.empty();
        }
    }

    /** The name that the certificates of authorities have in the bundle, or empty when they cannot be used. */
    public Optional<String> authority(String path, AuthorityRef ref) {
        String name = String.valueOf(ref.name());
        if (!isOwn(path, ref.namespace())) {
            return Optional.empty();
        }
        boolean isSecret = ref.kind() == AuthorityKind.SECRET;
        try {
            byte[] content = isSecret ? content(secret(name), AUTHORITY) : content(configMap(name));
            String file = isSecret ? SecretBundle.name(namespace, name) : SecretBundle.configMapName(namespace, name);
            files.put(SecretBundle.authorityFile(file), Identity.pem(Pem.certificates(AUTHORITY, content)));
            return Optional.of(file);
        } catch (UnusableException e) {
            unresolved.add(new Unresolved(
                    path,
                    Reason.INVALID_CA_CERTIFICATE_REF,
                    (isSecret ? "Secret " : "ConfigMap ") + name + ": " + e.getMessage()));
            return Optional.empty();
        }
    }

    /** All that was found. */
    public SecretBundle bundle() {
        return files.isEmpty() ? SecretBundle.EMPTY : new SecretBundle(files);
    }

    /** The certificates that were found, each once for each reference. */
    public List<Certificate> certificates() {
        return List.copyOf(certificates.values());
    }

    /** The references that lead to nothing that can be used. */
    public List<Unresolved> unresolved() {
        return List.copyOf(unresolved);
    }

    private boolean isOwn(String path, @Nullable String other) {
        boolean own = other == null || other.equals(namespace);
        if (!own) {
            unresolved.add(new Unresolved(
                    path + ".namespace",
                    Reason.REF_NOT_PERMITTED,
                    "is " + other + ", and certificates are taken from the proxy's own namespace alone, " + namespace
                            + "; have the certificate made there"));
        }
        return own;
    }

    private Secret secret(String name) throws UnusableException {
        return references
                .secret(namespace, name)
                .orElseThrow(() -> new UnusableException(
                        "is not in namespace " + namespace + "; create it, or name one that is there"));
    }

    private ConfigMap configMap(String name) throws UnusableException {
        return references
                .configMap(namespace, name)
                .orElseThrow(() -> new UnusableException(
                        "is not in namespace " + namespace + "; create it, or name one that is there"));
    }

    private static byte[] content(Secret secret, String key) throws UnusableException {
        Map<String, String> plain = secret.getStringData();
        if (plain != null && plain.get(key) != null) {
            return plain.get(key).getBytes(StandardCharsets.UTF_8);
        }
        return decoded(secret.getData(), key);
    }

    private static byte[] content(ConfigMap configMap) throws UnusableException {
        Map<String, String> plain = configMap.getData();
        if (plain != null && plain.get(AUTHORITY) != null) {
            return plain.get(AUTHORITY).getBytes(StandardCharsets.UTF_8);
        }
        return decoded(configMap.getBinaryData(), AUTHORITY);
    }

    private static byte[] decoded(@Nullable Map<String, String> data, String key) throws UnusableException {
        String text = data == null ? null : data.get(key);
        if (text == null) {
            throw new UnusableException("has no " + key + "; add it");
        }
        try {
            return Base64.getMimeDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new UnusableException(key + " is not Base64");
        }
    }
}
