package dev.sallyport.control.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.control.Control;
import dev.sallyport.control.Objects;
import dev.sallyport.control.input.GivenObjects;
import dev.sallyport.control.plan.Plan;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResolverTest {
    private static final List<HasMetadata> OBJECTS = Objects.all("""
            apiVersion: v1
            kind: Service
            metadata: {name: api, namespace: shop}
            spec: {clusterIP: 10.96.0.1, ports: [{name: a, port: 80}, {name: b, port: 81}]}
            ---
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: api-1, namespace: shop, labels: {kubernetes.io/service-name: api}}
            addressType: IPv4
            ports: [{name: a, port: 8080}, {name: b}]
            endpoints:
            - {addresses: [10.0.0.1], conditions: {ready: true}}
            - {addresses: [10.0.0.2]}
            - {addresses: [10.0.0.3], conditions: {ready: false}}
            - {addresses: [10.0.0.4], conditions: {ready: true, terminating: true}}
            ---
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: api-2, namespace: shop, labels: {kubernetes.io/service-name: api}}
            addressType: IPv4
            ports: [{name: a, port: 9090}]
            endpoints:
            - {addresses: [10.0.0.1], conditions: {ready: true}}
            - {addresses: [10.0.0.5], conditions: {ready: true}}
            ---
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: api-6, namespace: shop, labels: {kubernetes.io/service-name: api}}
            addressType: IPv6
            ports: [{name: a, port: 8080}]
            endpoints: [{addresses: ["fd00::1"]}]
            ---
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: api-3, namespace: other, labels: {kubernetes.io/service-name: api}}
            addressType: IPv4
            ports: [{name: a, port: 8080}]
            endpoints: [{addresses: [10.0.0.9]}]
            """);

    @Test
    void countsReadyEndpointsOfOneFamily() {
        assertThat(plan(OBJECTS, 80).rules().getFirst().endpoints()).hasToString("4/6");
        assertThat(plan(OBJECTS, 81).rules().getFirst().endpoints()).hasToString("0/0");
    }

    @Test
    void doesNotDependOnTheOrderOfSlices() {
        assertThat(plan(OBJECTS.reversed(), 80)).isEqualTo(plan(OBJECTS, 80));
    }

    private static Plan plan(List<HasMetadata> objects, int port) {
        return Control.plan(
                Objects.reverse("{backendRefs: [{name: api, port: %d}]}".formatted(port)),
                new GivenObjects(objects),
                Objects.PROCESS);
    }
}
