package dev.sallyport.control.inject;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.v1alpha1.ForwardProxy;
import dev.sallyport.control.Objects;
import io.fabric8.kubernetes.api.model.Namespace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConsentTest {
    private static final String HOME = Objects.forward("{}").getMetadata().getNamespace();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {}                                                             | true
            {matchLabels: {team: shop}}                                    | true
            {matchLabels: {team: other}}                                   | false
            {matchLabels: {team: shop, stage: production}}                 | false
            {matchLabels: {}}                                              | true
            {matchExpressions: [{key: team, operator: In, values: [a, shop]}]}    | true
            {matchExpressions: [{key: team, operator: In, values: [a]}]}          | false
            {matchExpressions: [{key: stage, operator: In, values: [a]}]}         | false
            {matchExpressions: [{key: team, operator: NotIn, values: [a]}]}       | true
            {matchExpressions: [{key: team, operator: NotIn, values: [shop]}]}    | false
            {matchExpressions: [{key: stage, operator: NotIn, values: [shop]}]}   | true
            {matchExpressions: [{key: team, operator: Exists}]}            | true
            {matchExpressions: [{key: stage, operator: Exists}]}           | false
            {matchExpressions: [{key: team, operator: DoesNotExist}]}      | false
            {matchExpressions: [{key: stage, operator: DoesNotExist}]}     | true
            {matchLabels: {team: shop}, matchExpressions: [{key: team, operator: DoesNotExist}]} | false
            """)
    void theProxySelectsNamespacesByTheirLabels(String selector, boolean selected) {
        assertThat(Consent.holds(proxy("{namespaceSelector: " + selector + "}"), namespace(HOME + "/egress")))
                .isEqualTo(selected);
    }

    @Test
    void oneSourceIsEnoughAndANetworkIsNone() {
        Namespace namespace = namespace(HOME + "/egress");
        assertThat(Consent.holds(proxy("{cidr: 0.0.0.0/0}"), namespace)).isFalse();
        assertThat(Consent.holds(proxy("{cidr: 10.0.0.0/8}, {namespaceSelector: {}}"), namespace))
                .isTrue();
        assertThat(Consent.holds(Objects.forward("allow: [a.example]"), namespace))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            HOME/egress                 | true
            other/a, HOME/egress        | true
            HOME/egress,other/a         | true
            HOME/egress2                | false
            egress                      | false
            HOME/*                      | false
            ''                          | false
            """)
    void theNamespaceNamesTheProxy(String annotation, boolean accepted) {
        assertThat(Consent.holds(proxy("{namespaceSelector: {}}"), namespace(annotation.replace("HOME", HOME))))
                .isEqualTo(accepted);
    }

    private static ForwardProxy proxy(String sources) {
        return Objects.forward("clients: {from: [" + sources + "]}");
    }

    private static Namespace namespace(String accepts) {
        return Objects.YAML.unmarshal("""
                apiVersion: v1
                kind: Namespace
                metadata:
                  name: guest
                  labels: {team: shop}
                  annotations: {sallyport.dev/accept-forward-proxy: "%s"}
                """.formatted(accepts));
    }
}
