/** What the scenarios stand on: the cluster, its internet, pods with clients in them, and what is left behind when a test fails. */
@NullMarked
package dev.sallyport.e2e.harness;

import org.jspecify.annotations.NullMarked;
