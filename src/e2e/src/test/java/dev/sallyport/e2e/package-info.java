/**
 * What the product promises, shown in a real cluster: real API server, kubelet and NetworkPolicies, the images as they are shipped, and
 * kubectl and curl as a person has them. Each class is a scenario; they run one after another, on one installation.
 */
@NullMarked
package dev.sallyport.e2e;

import org.jspecify.annotations.NullMarked;
