package dev.sallyport.relay;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.sallyport.model.role.Role;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The arrows between the packages go the way of a request. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ArchitectureTest {
    private JavaClasses classes;

    @BeforeAll
    void read() {
        classes = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.sallyport.relay");
    }

    @Test
    void arrowsGoOneWay() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("listen")
                .definedBy("dev.sallyport.relay.listen..")
                .layer("detect")
                .definedBy("dev.sallyport.relay.detect..")
                .layer("tls")
                .definedBy("dev.sallyport.relay.tls..")
                .layer("http.server")
                .definedBy("dev.sallyport.relay.http.server..")
                .layer("passage")
                .definedBy("dev.sallyport.relay.passage..")
                .layer("role")
                .definedBy("dev.sallyport.relay.role..")
                .layer("upstream")
                .definedBy("dev.sallyport.relay.upstream..")
                .layer("http.client")
                .definedBy("dev.sallyport.relay.http.client..")
                .layer("respond")
                .definedBy("dev.sallyport.relay.respond..")
                .layer("tunnel")
                .definedBy("dev.sallyport.relay.tunnel..")
                .layer("http")
                .definedBy("dev.sallyport.relay.http", "dev.sallyport.relay.http.h1..", "dev.sallyport.relay.http.h2..")
                .layer("record")
                .definedBy("dev.sallyport.relay.record..")
                .layer("loop")
                .definedBy("dev.sallyport.relay.loop..")
                .layer("relay")
                .definedBy("dev.sallyport.relay")
                .layer("beside")
                .definedBy("dev.sallyport.relay.admin..", "dev.sallyport.relay.config..", "dev.sallyport.relay.drain..")
                .whereLayer("relay")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("listen")
                .mayOnlyBeAccessedByLayers("relay")
                .whereLayer("detect")
                .mayOnlyBeAccessedByLayers("listen")
                .whereLayer("passage")
                .mayOnlyBeAccessedByLayers("detect")
                .whereLayer("http.server")
                .mayOnlyBeAccessedByLayers("listen", "detect", "passage")
                .whereLayer("role")
                .mayOnlyBeAccessedByLayers("passage", "http.server", "detect")
                .whereLayer("tunnel")
                .mayOnlyBeAccessedByLayers("passage", "http.server", "http.client", "upstream", "detect")
                .whereLayer("upstream")
                .mayOnlyBeAccessedByLayers("passage", "http.server", "listen", "relay")
                .whereLayer("respond")
                .mayOnlyBeAccessedByLayers("passage", "http.server", "listen")
                .whereLayer("http.client")
                .mayOnlyBeAccessedByLayers("passage", "http.server", "upstream")
                .check(classes);
    }

    @Test
    void nobodyKnowsOneRoleFromTheOther() {
        noClasses()
                .should()
                .dependOnClassesThat(
                        describe("are concrete roles", type -> type.isAssignableTo(Role.class) && !type.isInterface()))
                .check(classes);
    }

    @Test
    void nobodySplicesByNetty() {
        noClasses()
                .should()
                .callMethodWhere(describe(
                        "is spliceTo", call -> call.getTarget().getName().equals("spliceTo")))
                .because("it cuts streams whose peer ends its side")
                .check(classes);
    }
}
