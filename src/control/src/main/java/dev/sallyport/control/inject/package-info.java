/**
 * What becomes of a pod that wants a relay beside its application: the decision at its admission, and the patch that puts the relay or
 * the proxy variables into it. Both follow from the pod and from what its namespace says alone, so every replica of the operator can
 * answer, without a cache; whatever else the relay needs comes later, by objects with names that are known now.
 *
 * <p>Before: the operator's webhook, which read the pod. After: the API server, which applies the patch.
 */
@NullMarked
package dev.sallyport.control.inject;

import org.jspecify.annotations.NullMarked;
