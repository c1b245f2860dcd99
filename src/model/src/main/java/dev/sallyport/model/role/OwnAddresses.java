package dev.sallyport.model.role;

import dev.sallyport.model.address.IpAddress;
import dev.sallyport.model.config.Listener;
import dev.sallyport.model.config.RelayConfig;
import dev.sallyport.model.config.RoleKind;
import java.net.InetAddress;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Where the relay itself is reached.
 *
 * @param addresses beside the loopback and unspecified ones
 * @param loopPorts those on which a forwarded connection would come back, or reach what is the operator's alone: of
 *     forward listeners and of the admin endpoints, as far as the configuration names them
 */
record OwnAddresses(Set<IpAddress> addresses, Set<Integer> loopPorts) {
    static OwnAddresses of(RelayConfig config, Collection<InetAddress> addresses) {
        IntStream forwards = config.listeners().stream()
                .filter(listener -> listener.role() == RoleKind.FORWARD)
                .mapToInt(Listener::port);
        return new OwnAddresses(
                addresses.stream().map(IpAddress::of).collect(Collectors.toUnmodifiableSet()),
                IntStream.concat(forwards, IntStream.of(config.admin().port()))
                        .filter(port -> port != 0)
                        .boxed()
                        .collect(Collectors.toUnmodifiableSet()));
    }

    boolean contains(IpAddress address) {
        return addresses.contains(address);
    }

    boolean isLoop(IpAddress address, int port) {
        return loopPorts.contains(port) && (address.isLoopback() || isOfThisHost(address) || contains(address));
    }

    /** Linux connects to itself for {@code 0.0.0.0/8} and {@code ::}. */
    private static boolean isOfThisHost(IpAddress address) {
        return address.isUnspecified() || address.isV4() && address.v4Bits() >>> 24 == 0;
    }
}
