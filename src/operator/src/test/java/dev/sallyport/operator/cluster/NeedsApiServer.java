package dev.sallyport.operator.cluster;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Tests that are left out where {@code -Denvtest=$(src/testcluster/testcluster envtest)} names no API server. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@EnabledIfSystemProperty(
        named = "envtest",
        matches = ".+",
        disabledReason = "-Denvtest=$(src/testcluster/testcluster envtest) names no API server")
public @interface NeedsApiServer {}
