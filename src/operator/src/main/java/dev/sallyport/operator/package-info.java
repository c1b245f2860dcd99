/**
 * The operator: watches proxies and what they refer to, has {@code control} plan, and brings the cluster and its relays
 * to that plan. There is a package for each thing that it does, in this order: {@code watch}, {@code apply},
 * {@code deliver}, {@code report}; the reconcilers here run them.
 */
@NullMarked
package dev.sallyport.operator;

import org.jspecify.annotations.NullMarked;
