package dev.sallyport.api.v1alpha1.common;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A list whose entries are told apart by keys: owners merge by key, and no two entries have the same ({@code x-kubernetes-list-type: map}). */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface ListMap {
    /** The names of the fields that make an entry's key; each is required or has a default. */
    String[] keys();
}
