package dev.sallyport.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sallyport.api.v1alpha1.ForwardProxy;
import dev.sallyport.api.v1alpha1.ReverseProxy;
import dev.sallyport.control.inject.Injected;
import dev.sallyport.control.input.GivenObjects;
import dev.sallyport.control.input.Placement;
import dev.sallyport.control.input.Settings;
import dev.sallyport.control.plan.Plan;
import dev.sallyport.control.plan.SidecarPlanner;
import dev.sallyport.control.render.Sidecars;
import dev.sallyport.control.status.Event;
import dev.sallyport.control.status.Observed;
import dev.sallyport.control.status.Observed.Acknowledgement;
import dev.sallyport.control.validate.Finding;
import dev.sallyport.model.config.ApplicationPod;
import dev.sallyport.model.config.Inbound;
import dev.sallyport.model.role.Roles;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every folder of {@code src/test/scenarios} holds one proxy with what is around it in {@code in-*.yaml}, and what becomes of it, stage by
 * stage, in {@code out-*}. {@code -Dgolden.rewrite=true} writes the latter anew.
 *
 * <p>Pods say by the annotation {@code test/serves} what they acknowledge: {@code current}, {@code refused: WHY}, {@code silent: WHY} or
 * a hash. A folder whose name begins with {@code process-} is planned for a relay in this process.
 */
class ScenariosTest {
    private static final Path SCENARIOS = Path.of("src/test/scenarios");
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

    @TestFactory
    Stream<DynamicContainer> scenarios() throws IOException {
        try (var folders = Files.list(SCENARIOS)) {
            return folders.filter(Files::isDirectory).sorted().toList().stream()
                    .map(folder -> dynamicContainer(folder.getFileName().toString(), tests(folder)));
        }
    }

    private static Stream<DynamicTest> tests(Path folder) {
        var scenario = new Scenario(folder);
        Map<String, String> out = scenario.out();
        Stream<DynamicTest> golden = out.entrySet().stream()
                .map(file -> dynamicTest(
                        file.getKey(), () -> Golden.compare(folder.resolve(file.getKey()), file.getValue())));
        return Stream.concat(
                golden,
                Stream.of(
                        dynamicTest(
                                "no file is unused",
                                () -> assertThat(outputs(folder)).isEqualTo(out.keySet())),
                        dynamicTest(
                                "is the same again",
                                () -> assertThat(new Scenario(folder).out()).isEqualTo(out)),
                        dynamicTest("a relay takes it", scenario::compile)));
    }

    private static java.util.Set<String> outputs(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.matches("in-.*\\.yaml"))
                    .collect(Collectors.toSet());
        }
    }

    private static final class Scenario {
        private final Settings settings;
        private final List<HasMetadata> given = new ArrayList<>();
        private final HasMetadata proxy;
        private final Plan plan;

        Scenario(Path folder) {
            settings = folder.getFileName().toString().startsWith("process-") ? Objects.PROCESS : Objects.PODS;
            try (var files = Files.list(folder)) {
                for (Path file : files.sorted().toList()) {
                    if (file.getFileName().toString().startsWith("in-")) {
                        given.addAll(Objects.all(Files.readString(file)));
                    }
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            proxy = given.stream()
                    .filter(object -> object instanceof ForwardProxy || object instanceof ReverseProxy)
                    .collect(Collectors.collectingAndThen(Collectors.toList(), List::getFirst));
            plan = proxy instanceof ForwardProxy forward
                    ? Control.plan(forward, new GivenObjects(given), settings)
                    : Control.plan((ReverseProxy) proxy, new GivenObjects(given), settings);
        }

        Map<String, String> out() {
            Map<String, String> out = new TreeMap<>();
            String findings = plan.allFindings().stream()
                    .map(finding -> finding.severity() + " " + finding.reason().word() + " " + finding + "\n")
                    .collect(Collectors.joining());
            String unresolved = plan.allUnresolved().stream()
                    .map(reference -> "UNRESOLVED " + reference.reason().word() + " " + reference + "\n")
                    .collect(Collectors.joining());
            out.put("out-findings.txt", findings + unresolved);
            if (plan.served() != null) {
                out.put("out-relay.json", new String(plan.served().snapshot().json(), StandardCharsets.UTF_8));
            }
            if (settings.placement() == Placement.PODS) {
                Control.render(plan, settings)
                        .ifPresent(infra -> out.put(
                                "out-infra.yaml",
                                infra.objects().stream()
                                        .map(Objects.YAML::asYaml)
                                        .collect(Collectors.joining())));
                Control.sidecars(plan, settings)
                        .ifPresent(sidecars -> out.put("out-sidecar.yaml", Objects.YAML.asYaml(sidecars.config())));
                out.put("out-status.yaml", status());
            }
            return out;
        }

        void compile() throws Exception {
            if (plan.served() != null) {
                Roles.compile(plan.served().snapshot().config(), List.of(), bound -> 0);
                var pod = new ApplicationPod(List.of(new Inbound(15_710, 8080)), Set.of("app=web"));
                Plan.Applications applications = plan.served().applications();
                var sidecar = applications == null
                        ? SidecarPlanner.forward(plan.served(), settings)
                        : SidecarPlanner.reverse(plan.served(), applications, settings);
                Roles.compile(pod.place(sidecar.config()), List.of(), bound -> 0);
            } else {
                assertThat(plan.findings()).anyMatch(Finding::isError);
            }
        }

        private String status() {
            String hash = plan.served() == null ? "" : plan.served().snapshot().hash();
            String sidecarHash =
                    Control.sidecars(plan, settings).map(Sidecars::hash).orElse("");
            Map<Boolean, List<Pod>> pods = given.stream()
                    .filter(Pod.class::isInstance)
                    .map(Pod.class::cast)
                    .collect(Collectors.partitioningBy(
                            pod -> Injected.ingress(pod).isPresent()));
            var observed = new Observed(
                    only(Deployment.class),
                    relayService(),
                    pods.get(false).stream()
                            .map(pod -> Observed.Relay.of(pod, acknowledgement(pod, hash)))
                            .toList(),
                    pods.get(true).isEmpty()
                            ? null
                            : Observed.Beside.of(pods.get(true), pod -> acknowledgement(pod, sidecarHash), sidecarHash),
                    List.of());
            List<Condition> before;
            List<Condition> after;
            Object status;
            if (proxy instanceof ForwardProxy forward) {
                var now = Control.forwardStatus(plan, observed, forward.getStatus(), NOW);
                before =
                        forward.getStatus() == null ? null : forward.getStatus().conditions();
                after = now.conditions();
                status = now;
            } else {
                var old = ((ReverseProxy) proxy).getStatus();
                var now = Control.reverseStatus(plan, observed, old, NOW, settings);
                before = old == null ? null : old.conditions();
                after = now.conditions();
                status = now;
            }
            return Objects.YAML.asYaml(status)
                    + Event.between(plan, before, after).stream()
                            .map(event -> "# Event " + (event.warning() ? "Warning " : "Normal ") + event.reason()
                                    + ": " + event.message() + "\n")
                            .collect(Collectors.joining());
        }

        private <T extends HasMetadata> T only(Class<T> type) {
            return given.stream()
                    .filter(type::isInstance)
                    .map(type::cast)
                    .findFirst()
                    .orElse(null);
        }

        private Service relayService() {
            return given.stream()
                    .filter(Service.class::isInstance)
                    .map(Service.class::cast)
                    .filter(service -> "relay"
                            .equals(
                                    service.getMetadata().getLabels() == null
                                            ? null
                                            : service.getMetadata().getLabels().get("test")))
                    .findFirst()
                    .orElse(null);
        }

        private Acknowledgement acknowledgement(Pod pod, String current) {
            Map<String, String> annotations = pod.getMetadata().getAnnotations();
            String serves = annotations == null ? null : annotations.get("test/serves");
            if (serves == null) {
                return null;
            }
            if (serves.startsWith("silent: ")) {
                return new Acknowledgement.Silent(serves.substring(8));
            }
            if (serves.startsWith("refused: ")) {
                return new Acknowledgement.Heard("old", serves.substring(9));
            }
            return new Acknowledgement.Heard(serves.equals("current") ? current : serves, null);
        }
    }
}
