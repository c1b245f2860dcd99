package dev.sallyport.operator.cluster;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Lets a test act at the moment when the operator has decided on a request and has not sent it yet. */
@Singleton
public final class InFlight {
    private final ConcurrentMap<String, Runnable> actions = new ConcurrentHashMap<>();

    /** Runs {@code action} once, right before the operator's next request of that method to a path that ends so. */
    public void before(String method, String pathEnd, Runnable action) {
        actions.put(method + " " + pathEnd, action);
    }

    /** The operator's client, in the place of the one that it has otherwise. */
    @Produces
    @Singleton
    KubernetesClient client(Config config, KubernetesSerialization serialization) {
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withKubernetesSerialization(serialization)
                .withHttpClientBuilderConsumer(builder ->
                        builder.addOrReplaceInterceptor("in-flight", new Interceptor() {
                            @Override
                            public void before(BasicBuilder request, HttpRequest sent, RequestTags tags) {
                                actions.keySet().stream()
                                        .filter(key -> key.startsWith(sent.method() + " ")
                                                && sent.uri().getPath().endsWith(key.substring(key.indexOf(' ') + 1)))
                                        .map(actions::remove)
                                        .forEach(Runnable::run);
                            }
                        }))
                .build();
    }
}
