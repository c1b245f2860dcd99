/**
 * What the operator sees of the cluster: caches of proxies' children, pods and backends, cut down to what is read, and
 * which change concerns which proxy. After it, {@code control} plans.
 */
@NullMarked
package dev.sallyport.operator.watch;

import org.jspecify.annotations.NullMarked;
