/**
 * Admits pods: a listener of its own, with certificates that the operator makes and renews itself, hands every pod that asks for a relay to
 * {@code control.inject}. Every replica answers, whoever leads; nothing here looks at anything but the pod.
 */
@NullMarked
package dev.sallyport.operator.webhook;

import org.jspecify.annotations.NullMarked;
