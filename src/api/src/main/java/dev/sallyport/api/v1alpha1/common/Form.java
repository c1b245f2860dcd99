package dev.sallyport.api.v1alpha1.common;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a text, or each entry of a list of texts, looks like. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Form {
    Syntax value();

    /**
     * Whether the API server says {@link Syntax#message()} where a text does not match. False where an object may have so many of the texts
     * that the API server's budget for expressions does not bear one for each; it then shows the pattern.
     */
    boolean explained() default true;
}
