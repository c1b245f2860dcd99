package dev.sallyport.control.plan;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.control.Control;
import dev.sallyport.control.Objects;
import dev.sallyport.control.input.GivenObjects;
import dev.sallyport.control.input.References;
import dev.sallyport.control.status.Observed;
import dev.sallyport.control.validate.Finding;
import dev.sallyport.model.config.RelayConfigCodec;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.io.ByteArrayInputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class ScaleTest {
    @Test
    void looksUpEachServiceOnceForAThousandRules() {
        var counting = new Counting(new GivenObjects(Objects.all("""
                apiVersion: v1
                kind: Service
                metadata: {name: api, namespace: shop}
                spec: {clusterIP: 10.96.0.1, ports: [{port: 80}]}
                """)));
        var proxy = Objects.reverse("rules:\n"
                + IntStream.range(0, 1000)
                        .mapToObj(i ->
                                "- {name: r%d, matches: [{path: {value: /r%d}}], backendRefs: [{name: api, port: 80}]}"
                                        .formatted(i, i))
                        .collect(Collectors.joining("\n")));
        Plan plan = Control.plan(proxy, counting, Objects.PODS);
        assertThat(plan.allFindings()).isEmpty();
        assertThat(requireNonNull(plan.served()).snapshot().config().clusters()).hasSize(1);
        assertThat(counting.lookups).isEqualTo(2);
        assertThat(Control.reverseStatus(plan, Observed.NOTHING, null, Instant.EPOCH, Objects.PODS)
                        .rules()
                        .listed())
                .hasSize(50);
    }

    @Test
    void deliversALargeConfigurationCompressed() throws Exception {
        var proxy = Objects.forward("allow:\n"
                + IntStream.range(0, 1000)
                        .mapToObj(i -> "- host-%d.%s.example".formatted(i, "x".repeat(60)))
                        .collect(Collectors.joining("\n")));
        Plan plan = Control.plan(proxy, Objects.PODS);
        Snapshot snapshot = requireNonNull(plan.served()).snapshot();
        assertThat(snapshot.isCompressed()).isFalse();

        var larger = Objects.forward("rules:\n"
                + IntStream.range(0, 1000)
                        .mapToObj(i -> "- {name: r%d, allow: {hosts: [%s]}}"
                                .formatted(
                                        i,
                                        IntStream.range(0, 10)
                                                .mapToObj(j -> "h%d-%d.example".formatted(i, j))
                                                .collect(Collectors.joining(", "))))
                        .collect(Collectors.joining("\n")));
        Plan large = Control.plan(larger, Objects.PODS);
        Snapshot compressed = requireNonNull(large.served()).snapshot();
        assertThat(compressed.isCompressed()).isTrue();
        ConfigMap config = Control.render(large, Objects.PODS).orElseThrow().config();
        assertThat(config.getData()).isNullOrEmpty();
        byte[] gzip = Base64.getDecoder().decode(config.getBinaryData().get("relay.json.gz"));
        byte[] json = new GZIPInputStream(new ByteArrayInputStream(gzip)).readAllBytes();
        assertThat(json).isEqualTo(compressed.json());
        assertThat(RelayConfigCodec.read(json)).isEqualTo(compressed.config());
    }

    @Test
    void refusesWhatDoesNotFit() throws Exception {
        var digest = MessageDigest.getInstance("SHA-256");
        String rules = IntStream.range(0, 1000)
                .mapToObj(i -> "- {allow: {hosts: [%s]}}"
                        .formatted(IntStream.range(0, 40)
                                .mapToObj(j -> "h"
                                        + HexFormat.of().formatHex(digest.digest((i + " " + j).getBytes()), 0, 28)
                                        + ".example")
                                .collect(Collectors.joining(", "))))
                .collect(Collectors.joining("\n"));
        Plan plan = Control.plan(Objects.forward("rules:\n" + rules), Objects.PODS);
        assertThat(plan.served()).isNull();
        assertThat(plan.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.reason()).isEqualTo(Finding.Reason.CONFIG_TOO_LARGE);
            assertThat(finding.path()).isEqualTo("spec");
        });
    }

    private static final class Counting implements References {
        private final References references;
        private int lookups;

        Counting(References references) {
            this.references = references;
        }

        @Override
        public Optional<Service> service(String namespace, String name) {
            lookups++;
            return references.service(namespace, name);
        }

        @Override
        public Collection<EndpointSlice> endpointSlices(String namespace, String service) {
            lookups++;
            return references.endpointSlices(namespace, service);
        }

        @Override
        public Optional<Secret> secret(String namespace, String name) {
            lookups++;
            return references.secret(namespace, name);
        }

        @Override
        public Optional<ConfigMap> configMap(String namespace, String name) {
            lookups++;
            return references.configMap(namespace, name);
        }
    }
}
