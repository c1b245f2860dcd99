package dev.sallyport.control.validate;

import static java.util.Objects.requireNonNullElse;

import dev.sallyport.api.v1alpha1.reverse.ClientAddress;
import dev.sallyport.control.input.Defaults;
import dev.sallyport.model.config.ClientLimits;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Judges {@code spec.client} of a reverse proxy. */
final class ReverseClients {
    private ReverseClients() {}

    static List<String> trusted(@Nullable ClientAddress address, Findings findings) {
        return address == null
                ? List.of()
                : Values.trusted("spec.client.clientAddress.trustedCIDRs", address.trustedCIDRs(), findings);
    }

    static ClientLimits limits(dev.sallyport.api.v1alpha1.reverse.@Nullable ClientLimits limits, Findings findings) {
        var given = requireNonNullElse(
                limits, new dev.sallyport.api.v1alpha1.reverse.ClientLimits(null, null, null, null, null, null, null));
        String path = "spec.client.limits";
        return new ClientLimits(
                Values.number(path + ".connections", given.connections(), Defaults.CONNECTIONS, 0, 1_000_000, findings),
                Values.number(
                        path + ".connectionsPerAddress",
                        given.connectionsPerAddress(),
                        Defaults.CONNECTIONS_PER_ADDRESS,
                        0,
                        1_000_000,
                        findings),
                (int) Values.bytes(
                        path + ".headerBytes",
                        given.headerBytes(),
                        Defaults.HEADER_BYTES,
                        1024,
                        1024 * 1024,
                        false,
                        findings),
                Values.bytes(
                        path + ".requestBody",
                        given.requestBody(),
                        Defaults.REVERSE_BODY_BYTES,
                        1,
                        1L << 50,
                        true,
                        findings),
                Values.duration(
                        path + ".headerTimeout",
                        given.headerTimeout(),
                        Defaults.HEADER_TIMEOUT,
                        Duration.ofMillis(100),
                        Duration.ofMinutes(10),
                        false,
                        findings),
                Values.number(
                        path + ".bodyMinRate", given.bodyMinRate(), Defaults.BODY_MIN_RATE, 0, 1_000_000_000, findings),
                Values.duration(
                        path + ".idleTimeout",
                        given.idleTimeout(),
                        Defaults.CLIENT_IDLE_TIMEOUT,
                        Duration.ofSeconds(1),
                        Duration.ofHours(24),
                        false,
                        findings));
    }
}
