package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.cli.read.YamlReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValidateAndRenderTest {
    private static final Path EXAMPLES = Path.of("../../deploy/examples");

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int sallyport(Object... arguments) {
        Said said = Said.bySallyport(arguments);
        out.append(said.output());
        err.append(said.error());
        return said.status();
    }

    @Test
    void acceptsEveryExample() {
        assertThat(sallyport("validate", "-R", "-f", EXAMPLES))
                .as(out.toString())
                .isZero();
        assertThat(out.toString())
                .contains("ForwardProxy example-egress/egress: accepted, 2 rules")
                .contains(
                        "ReverseProxy example-routing/routes: accepted, 4 rules, 1 with references that are not among the files")
                .contains("passed over, as they mean nothing to a proxy: 12 Deployment, 12 Namespace, 5 Pod")
                .contains("0 errors");
    }

    @Test
    void saysWhereAndWhatIsWrong() throws Exception {
        Path file = Files.writeString(folder.resolve("bad.yaml"), """
                apiVersion: sallyport.dev/v1alpha1
                kind: ForwardProxy
                metadata: {name: egress, namespace: shop}
                spec:
                  allow:
                  - "*.co.uk"
                  alow: [x]
                ---
                apiVersion: sallyport.dev/v1alpha1
                kind: ReverseProxy
                metadata: {name: web, namespace: shop}
                spec:
                  backendRefs: [{name: shop, port: 70000}]
                ---
                apiVersion: sallyport.dev/v1alpha1
                kind: ForwardProxie
                metadata: {name: x}
                """);
        assertThat(sallyport("validate", "-f", file)).isEqualTo(1);
        assertThat(out.toString())
                .contains(
                        "bad.yaml:7:3: error: ForwardProxy shop/egress: spec.alow: unknown field \"spec.alow\", did you mean \"allow\"?")
                .contains(
                        "bad.yaml:13:30: error: ReverseProxy shop/web: spec.backendRefs[0].port: Invalid value: 70000")
                .contains("there is no ForwardProxie in sallyport.dev/v1alpha1")
                .contains("3 errors");
    }

    @Test
    void saysWhatASchemaCannot() throws Exception {
        Path file = Files.writeString(folder.resolve("wildcard.yaml"), """
                apiVersion: sallyport.dev/v1alpha1
                kind: ForwardProxy
                metadata: {name: egress}
                spec:
                  allow:
                  - example.com
                  - "*.co.uk"
                """);
        sallyport("validate", "-f", file);
        assertThat(out.toString())
                .contains("wildcard.yaml:7:5: ")
                .contains("spec.allow[1]: ")
                .contains("public suffix");
    }

    @Test
    void isStrictAboutOtherKindsToo() throws Exception {
        Path file = Files.writeString(folder.resolve("service.yaml"), """
                apiVersion: v1
                kind: Service
                metadata: {name: s}
                spec: {port: [{port: 80}]}
                """);
        assertThat(sallyport("validate", "-f", file)).isEqualTo(1);
        assertThat(out.toString())
                .contains("service.yaml:4:8: error: Service default/s: spec.port: unknown field \"spec.port\"");
    }

    @Test
    void refusesTwins() throws Exception {
        String object = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";
        Path file = Files.writeString(folder.resolve("twins.yaml"), object + "---\n" + object);
        assertThat(sallyport("validate", "-f", file)).isEqualTo(1);
        assertThat(out.toString()).contains("twins.yaml:7:").contains("there twice, first at");
    }

    @Test
    void rendersWhatTheOperatorWouldApply() throws Exception {
        assertThat(sallyport(
                        "render",
                        "-f",
                        EXAMPLES.resolve("03-reverse-proxy"),
                        "--relay-image",
                        "registry.example/relay:1"))
                .as(err.toString())
                .isZero();
        assertThat(YamlReader.read(Path.of("rendered"), out.toString()))
                .extracting(document -> document.kind())
                .contains(
                        "ServiceAccount",
                        "Role",
                        "RoleBinding",
                        "ConfigMap",
                        "Service",
                        "Deployment",
                        "PodDisruptionBudget");
        assertThat(out.toString()).contains("image: registry.example/relay:1");
    }

    @Test
    void rendersWhatSidecarsServeOfAProxyThatIsForThemAlone() throws Exception {
        assertThat(sallyport("render", "-f", EXAMPLES.resolve("12-redirect")))
                .as(err.toString())
                .isZero();
        assertThat(YamlReader.read(Path.of("rendered"), out.toString()))
                .extracting(document -> document.kind() + " " + document.name())
                .containsExactly("ConfigMap egress-sidecar");
    }

    @Test
    void namesAMissingFile() {
        assertThat(sallyport("validate", "-f", folder.resolve("absent.yaml"))).isEqualTo(1);
        assertThat(out.toString()).contains("absent.yaml").contains("cannot be read");
    }

    @Test
    void asksForFiles() {
        assertThat(sallyport("validate")).isEqualTo(2);
        assertThat(err.toString()).contains("Missing required option").contains("--filename");
    }
}
