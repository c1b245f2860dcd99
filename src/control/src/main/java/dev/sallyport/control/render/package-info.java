/**
 * Writes a plan as the objects that Kubernetes runs for it. They are as the API server stores them: nothing empty, amounts in
 * canonical form, so that applying them again changes nothing. What a relay serves is in its ConfigMap alone: another configuration
 * leaves the pod template as it is.
 *
 * <p>Before: {@code plan}. After: the operator applies them, or the command line prints them.
 */
@NullMarked
package dev.sallyport.control.render;

import org.jspecify.annotations.NullMarked;
