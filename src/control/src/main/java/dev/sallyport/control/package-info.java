/**
 * What an object of the API means: pure functions from it, and from what it refers to, to the configuration of its relays, the objects
 * that Kubernetes runs, and its status. There is no client and no clock in this module.
 *
 * <p>The packages are the stages, in this order: {@code input}, {@code resolve}, {@code validate}, {@code plan}, {@code render},
 * {@code status}. {@link dev.sallyport.control.Control} runs them. Before: the operator's caches or the command line's files. After:
 * server-side apply, or a relay in the same process.
 */
@NullMarked
package dev.sallyport.control;

import org.jspecify.annotations.NullMarked;
