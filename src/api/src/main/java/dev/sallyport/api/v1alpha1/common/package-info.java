/** The parts that both kinds have: what Kubernetes runs, timeouts, records, drain, and the syntax of shared values. */
@NullMarked
package dev.sallyport.api.v1alpha1.common;

import org.jspecify.annotations.NullMarked;
