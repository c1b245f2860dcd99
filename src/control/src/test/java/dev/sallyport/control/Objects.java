package dev.sallyport.control;

import dev.sallyport.api.v1alpha1.ForwardProxy;
import dev.sallyport.api.v1alpha1.ReverseProxy;
import dev.sallyport.control.input.Settings;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.List;

/** Objects out of YAML, and the settings of the tests. */
public final class Objects {
    public static final KubernetesSerialization YAML = new KubernetesSerialization();
    public static final Settings PODS = Settings.pods(
            "1.2.3",
            "registry.test/sallyport-relay:1.2.3",
            "registry.test/sallyport-redirect:1.2.3",
            "sallyport-system",
            List.of("10.244.0.0/16", "10.96.0.0/12"));
    public static final Settings PROCESS = Settings.process("1.2.3", "127.0.0.1", 0);

    static {
        YAML.registerKubernetesResource(ForwardProxy.class);
        YAML.registerKubernetesResource(ReverseProxy.class);
    }

    private Objects() {}

    public static List<HasMetadata> all(String yaml) {
        List<HasMetadata> objects = new ArrayList<>();
        for (String document : yaml.split("(?m)^---$")) {
            if (!document.isBlank()) {
                objects.add(YAML.unmarshal(document));
            }
        }
        return objects;
    }

    /** A forward proxy {@code shop/egress} with this {@code spec}. */
    public static ForwardProxy forward(String spec) {
        return YAML.unmarshal(proxy("ForwardProxy", "egress", spec));
    }

    /** A reverse proxy {@code shop/web} with this {@code spec}. */
    public static ReverseProxy reverse(String spec) {
        return YAML.unmarshal(proxy("ReverseProxy", "web", spec));
    }

    private static String proxy(String kind, String name, String spec) {
        return """
                apiVersion: sallyport.dev/v1alpha1
                kind: %s
                metadata: {name: %s, namespace: shop, uid: uid-1, generation: 7}
                spec:
                %s""".formatted(kind, name, spec.indent(2));
    }
}
