package dev.sallyport.api.v1alpha1;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.sallyport.api.v1alpha1.common.ApiType;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;

/** What holds for all types of the API. */
class TypesTest {
    private static final JavaClasses API = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.sallyport.api");

    @Test
    void theTypesNeedTheModelOfKubernetesAndNothingElse() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.sallyport.api..",
                        "java..",
                        "com.fasterxml.jackson.annotation..",
                        "io.fabric8.crd.generator.annotation..",
                        "io.fabric8.generator.annotation..",
                        "io.fabric8.kubernetes.api.model..",
                        "io.fabric8.kubernetes.client",
                        "io.fabric8.kubernetes.model.annotation..",
                        "org.jspecify.annotations..")
                .check(API);
    }

    @Test
    void everyRecordIsReadAndWrittenAsAPartOfAnObject() {
        classes().that().areRecords().should().beAnnotatedWith(ApiType.class).check(API);
    }

    @Test
    void nothingIsAPrimitiveSoThatAbsentAndZeroDiffer() {
        fields().that()
                .areNotStatic()
                .and()
                .areDeclaredInClassesThat()
                .areRecords()
                .should()
                .notHaveRawType(
                        com.tngtech.archunit.base.DescribedPredicate.describe("primitive", type -> type.isPrimitive()))
                .check(API);
    }

    @Test
    void aNewObjectSaysNothing() {
        assertThat(new ForwardProxy().getSpec()).isNull();
        assertThat(new ForwardProxy().getStatus()).isNull();
        assertThat(new ReverseProxy().getSpec()).isNull();
        assertThat(new ReverseProxy().getStatus()).isNull();
    }

    @Test
    void fieldsOfANewerVersionArePassedOver() {
        ForwardProxy proxy = Serialization.unmarshal("""
                apiVersion: sallyport.dev/v1alpha1
                kind: ForwardProxy
                metadata: {name: egress}
                spec: {allow: [example.com], later: {a: 1}, drain: {delay: 1s, after: 2s}}
                """, ForwardProxy.class);
        assertThat(proxy.getSpec().allow()).containsExactly("example.com");
        assertThat(proxy.getSpec().drain().delay()).isEqualTo("1s");
        assertThat(Serialization.asYaml(proxy)).doesNotContain("later", "null", "rules", "status");
    }
}
