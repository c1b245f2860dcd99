package dev.sallyport.control;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The stages go one way, and neither the network, nor files, nor the time are among what they can reach. */
class ArrowsTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.sallyport.control");

    @Test
    void stagesGoOneWay() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("control")
                .definedBy("dev.sallyport.control")
                .layer("inject")
                .definedBy("..control.inject..")
                .layer("redirect")
                .definedBy("..control.redirect..")
                .layer("status")
                .definedBy("..control.status..")
                .layer("render")
                .definedBy("..control.render..")
                .layer("plan")
                .definedBy("..control.plan..")
                .layer("validate")
                .definedBy("..control.validate..")
                .layer("resolve")
                .definedBy("..control.resolve..")
                .layer("input")
                .definedBy("..control.input..")
                .whereLayer("control")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("inject")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("redirect")
                .mayOnlyBeAccessedByLayers("inject")
                .whereLayer("status")
                .mayOnlyBeAccessedByLayers("control", "inject")
                .whereLayer("render")
                .mayOnlyBeAccessedByLayers("control", "status", "redirect", "inject")
                .whereLayer("plan")
                .mayOnlyBeAccessedByLayers("control", "status", "render")
                .whereLayer("validate")
                .mayOnlyBeAccessedByLayers("control", "status", "render", "plan", "redirect", "inject")
                .whereLayer("resolve")
                .mayOnlyBeAccessedByLayers("control", "status", "plan")
                .whereLayer("input")
                .mayOnlyBeAccessedByLayers(
                        "control", "status", "render", "plan", "validate", "resolve", "redirect", "inject")
                .check(CLASSES);
    }

    @Test
    void nothingReachesOut() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.fabric8.kubernetes.client.dsl..",
                        "io.fabric8.kubernetes.client.http..",
                        "io.fabric8.kubernetes.client.informers..",
                        "java.net.http..",
                        "java.nio.file..",
                        "java.util.concurrent..")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("io.fabric8.kubernetes.client.KubernetesClient")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Random.class, Clock.class)
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "getenv", String.class)
                .check(CLASSES);
    }
}
