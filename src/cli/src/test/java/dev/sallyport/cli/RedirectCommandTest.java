package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedirectCommandTest {
    @TempDir
    Path folder;

    @Test
    void printsThePlanAndTheRuleset() throws Exception {
        Said said = redirect("""
                apiVersion: v1
                kind: Pod
                metadata:
                  name: web
                  namespace: shop
                  annotations:
                    sallyport.dev/capture: redirect
                    sallyport.dev/egress: egress
                spec:
                  containers: [{name: web, image: registry.test/web}]
                """, "--cluster-ranges", "10.96.0.0/12,10.244.0.0/16");
        assertThat(said.error()).isEmpty();
        assertThat(said.status()).isZero();
        assertThat(said.output()).startsWith("""
                # Pod shop/web
                #   out  of user 7717, the relay's                     let past
                #   out  to the pod itself                             let past
                #   out  to 10.244.0.0/16, 10.96.0.0/12                let past
                #   out  other TCP                                     to the relay, port 15701
                #   out  ICMP, ICMPv6                                  let past
                #   out  all else, such as UDP                         rejected
                #   in   TCP to the relay's ports, not by redirection  rejected
                #   in   all else                                      let past
                add table inet sallyport
                """);
    }

    @Test
    void findsTheTemplatesOfWorkloads() throws Exception {
        String annotations = "annotations: {sallyport.dev/capture: redirect, sallyport.dev/ingress: web}";
        String containers = "containers: [{name: web, image: registry.test/web, ports: [{containerPort: 8080}]}]";
        Said said = redirect("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: web}
                spec: {template: {metadata: {%1$s}, spec: {%2$s}}}
                ---
                apiVersion: batch/v1
                kind: CronJob
                metadata: {name: nightly}
                spec: {jobTemplate: {spec: {template: {metadata: {%1$s}, spec: {%2$s}}}}}
                ---
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: without}
                spec: {template: {spec: {%2$s}}}
                """.formatted(annotations, containers));
        assertThat(said.error()).isEmpty();
        assertThat(said.output())
                .contains("# Deployment default/web\n", "# CronJob default/nightly\n")
                .doesNotContain("without");
    }

    @Test
    void saysWhatIsWrongAndWhere() throws Exception {
        Said said = redirect("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: web}
                spec:
                  template:
                    metadata:
                      annotations:
                        sallyport.dev/capture: redirect
                        sallyport.dev/egress: egress
                        sallyport.dev/exclude-outbound-ports: all
                """);
        assertThat(said.status()).isEqualTo(1);
        assertThat(said.output()).isEmpty();
        assertThat(said.error())
                .contains(
                        ":10:9: error: Deployment default/web:"
                                + " spec.template.metadata.annotations[sallyport.dev/exclude-outbound-ports]: 'all' is not a port;")
                .contains("no name server can be reached, as nothing is let past;");
    }

    @Test
    void saysThatNobodyAsks() throws Exception {
        Said said = redirect("apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {}\n");
        assertThat(said.status()).isEqualTo(1);
        assertThat(said.error()).contains("no pod here asks for it");
    }

    @Test
    void isStrictAboutPods() throws Exception {
        Said said = redirect("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: web}
                spec:
                  template:
                    spec: {container: []}
                """);
        assertThat(said.status()).isEqualTo(1);
        assertThat(said.error())
                .contains(":6:12: error: Deployment default/web: spec.template.spec.container: unknown field");
    }

    private Said redirect(String yaml, Object... more) throws IOException {
        Path file = Files.writeString(folder.resolve("pods.yaml"), yaml);
        Object[] arguments = new Object[4 + more.length];
        System.arraycopy(new Object[] {"redirect", "--print", "-f", file}, 0, arguments, 0, 4);
        System.arraycopy(more, 0, arguments, 4, more.length);
        return Said.bySallyport(arguments);
    }
}
