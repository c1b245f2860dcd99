package dev.sallyport.model;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.sallyport.model.role.Role;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses MODEL = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.sallyport.model");

    @Test
    void needsNothingButThePlatformAndJackson() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("dev.sallyport.model..", "java..", "com.fasterxml.jackson..", "org.jspecify..")
                .check(MODEL);
    }

    @Test
    void leavesJacksonToTheConfiguration() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.sallyport.model.config", "dev.sallyport.model.json")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.fasterxml.jackson..")
                .check(MODEL);
    }

    /** An address is taken from a literal or given by the relay: nothing here opens a socket, a file or asks the DNS. */
    @Test
    void doesNoInputOrOutput() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.nio.channels..", "java.nio.file..", "java.net.http..", "java.util.concurrent..")
                .orShould()
                .dependOnClassesThat()
                .haveNameMatching("java\\.net\\.(.*Socket.*|URL.*|NetworkInterface)")
                .orShould()
                .dependOnClassesThat()
                .haveNameMatching("java\\.io\\.File.*")
                .orShould()
                .callMethod(java.net.InetAddress.class, "getByName", String.class)
                .orShould()
                .callMethod(java.net.InetAddress.class, "getAllByName", String.class)
                .orShould()
                .callMethod(java.net.InetAddress.class, "getHostName")
                .check(MODEL);
    }

    @Test
    void hasNoCycles() {
        slices().matching("dev.sallyport.model.(*)..").should().beFreeOfCycles().check(MODEL);
    }

    /** What cannot be named elsewhere cannot be told apart elsewhere. */
    @Test
    void keepsTheRolesToThemselves() {
        classes()
                .that()
                .implement(Role.class)
                .should()
                .resideInAPackage("dev.sallyport.model.role")
                .andShould()
                .notHaveModifier(JavaModifier.PUBLIC)
                .check(MODEL);
    }
}
