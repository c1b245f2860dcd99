package dev.sallyport.model.config;

import java.util.List;

/**
 * The addresses that stay out of reach, judged on the address that is really dialled.
 *
 * @param privateRanges whether all special-purpose ranges are guarded: private, loopback, link-local with the metadata
 *     services, shared (CGNAT), unspecified, multicast, reserved, documentation and benchmarking, and the IPv6 forms that embed any of them
 * @param except addresses let through all the same, as {@code CIDR} or {@code CIDR:port} ({@code [CIDR]:port} for IPv6)
 * @param clusterRanges the cluster's pod and Service ranges, as CIDR prefixes, guarded whatever their kind
 */
public record Guards(boolean privateRanges, List<String> except, List<String> clusterRanges) {
    public Guards {
        except = Lists.copy(except);
        clusterRanges = Lists.copy(clusterRanges);
    }
}
