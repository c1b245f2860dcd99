package dev.sallyport.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.v1alpha1.ReverseProxy;
import dev.sallyport.model.config.InvalidConfigException;
import dev.sallyport.model.config.RelayConfigCodec;
import dev.sallyport.model.config.SecretBundle;
import dev.sallyport.operator.cluster.Cluster;
import dev.sallyport.operator.cluster.Manifests;
import dev.sallyport.operator.cluster.NeedsApiServer;
import dev.sallyport.operator.cluster.Until;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Certificates that proxies refer to, under the shipped roles. */
@NeedsApiServer
@QuarkusTest
@QuarkusTestResource(Cluster.class)
class CertificatesTest {
    private static final Path GIVEN = Path.of("../control/src/test/scenarios/reverse-tls/in-secrets.yaml");

    Cluster cluster;
    private String namespace;

    @BeforeEach
    void makeProxy() {
        namespace = cluster.namespace("certificates");
        cluster.apply(namespace, """
                apiVersion: v1
                kind: Service
                metadata: {name: shop}
                spec: {selector: {app: shop}, ports: [{port: 8080}]}
                ---
                apiVersion: sallyport.dev/v1alpha1
                kind: ReverseProxy
                metadata: {name: shop}
                spec:
                  replicas: 1
                  tls: {certificateRefs: [{name: front}]}
                  backendRefs: [{name: shop, port: 8080}]
                """);
    }

    /** The content of the Secret {@code of} under another name. */
    static String secret(String name, String of) {
        try {
            Secret given = Manifests.parse(Files.readString(GIVEN)).stream()
                    .filter(object -> object instanceof Secret
                            && of.equals(object.getMetadata().getName()))
                    .map(Secret.class::cast)
                    .findFirst()
                    .orElseThrow();
            given.getMetadata().setName(name);
            given.setData(encoded(given.getStringData()));
            given.setStringData(null);
            return Serialization.asYaml(given);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, String> encoded(Map<String, String> plain) {
        Map<String, String> data = new TreeMap<>();
        plain.forEach((key, value) ->
                data.put(key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
        return data;
    }

    private Condition condition(String type) {
        var status = cluster.get(ReverseProxy.class, namespace, "shop").getStatus();
        return Cluster.condition(status == null ? null : status.conditions(), type);
    }

    private void awaitUnresolved(String message) {
        Until.passes(() -> {
            Condition resolved = condition("ResolvedRefs");
            assertThat(resolved.getStatus()).isEqualTo("False");
            assertThat(resolved.getReason()).isEqualTo("InvalidCertificateRef");
            assertThat(resolved.getMessage()).contains("spec.tls.certificateRefs[0]", message);
            assertThat(cluster.admin()
                            .secrets()
                            .inNamespace(namespace)
                            .withName("shop-relay")
                            .get())
                    .isNull();
        });
    }

    private SecretBundle awaitServed() {
        Until.passes(() -> {
            assertThat(condition("Ready").getStatus()).isEqualTo("True");
            assertThat(configuration()).isEqualTo(bundle().revision());
        });
        return bundle();
    }

    private SecretBundle bundle() {
        Map<String, byte[]> files = new TreeMap<>();
        cluster.get(Secret.class, namespace, "shop-relay")
                .getData()
                .forEach((name, content) -> files.put(name, Base64.getDecoder().decode(content)));
        return new SecretBundle(files);
    }

    /** The revision that the configuration names. */
    private String configuration() {
        String json =
                cluster.get(ConfigMap.class, namespace, "shop-relay").getData().get(RelayConfigCodec.FILE);
        try {
            return RelayConfigCodec.read(json.getBytes(StandardCharsets.UTF_8)).secrets();
        } catch (InvalidConfigException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void certificateComesIsRenewedIsSpoiltAndGoesWithoutAnotherPod() {
        awaitUnresolved("is not in namespace " + namespace);
        Deployment before = cluster.get(Deployment.class, namespace, "shop-relay");

        cluster.apply(namespace, secret("front", "shop-tls"));
        SecretBundle first = awaitServed();
        String name = SecretBundle.name(namespace, "front");
        assertThat(first.files()).containsOnlyKeys(SecretBundle.certificateFile(name), SecretBundle.keyFile(name));
        assertThat(new String(first.key(name), StandardCharsets.UTF_8)).startsWith("-----BEGIN PRIVATE KEY-----");

        cluster.apply(namespace, secret("front", "wild-tls"));
        Until.passes(() -> assertThat(bundle()).isNotEqualTo(first));
        awaitServed();

        cluster.merge(Secret.class, namespace, "front", "{data: {tls.key: bm90IGEga2V5}}");
        awaitUnresolved("tls.key holds no private key");
        assertThat(condition("ResolvedRefs").getMessage()).doesNotContain("not a key", "bm90");

        cluster.apply(namespace, secret("front", "shop-tls"));
        assertThat(awaitServed()).isEqualTo(first);

        cluster.admin().secrets().inNamespace(namespace).withName("front").delete();
        awaitUnresolved("is not in namespace");
        assertThat(cluster.get(Deployment.class, namespace, "shop-relay")
                        .getSpec()
                        .getTemplate())
                .isEqualTo(before.getSpec().getTemplate());
    }
}
