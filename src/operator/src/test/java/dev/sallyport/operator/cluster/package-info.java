/** A Kubernetes without nodes: a real etcd and kube-apiserver, and stand-ins for the parts that make and run pods. */
@NullMarked
package dev.sallyport.operator.cluster;

import org.jspecify.annotations.NullMarked;
