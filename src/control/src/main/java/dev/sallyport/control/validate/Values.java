package dev.sallyport.control.validate;

import static java.util.Objects.requireNonNullElse;

import dev.sallyport.api.v1alpha1.common.ProxyProtocol;
import dev.sallyport.model.address.Prefix;
import dev.sallyport.model.config.GatewayDuration;
import dev.sallyport.model.config.ProxyProtocolSource;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads single values. What cannot be read is an error among the findings, and the default stands in for it. */
final class Values {
    private Values() {}

    /** A duration from {@code least} to {@code most}; also zero where that means no limit, as {@code zero} tells. */
    static Duration duration(
            String path,
            @Nullable String text,
            Duration byDefault,
            Duration least,
            Duration most,
            boolean zero,
            Findings findings) {
        if (text == null) {
            return byDefault;
        }
        try {
            Duration value = GatewayDuration.parse(text);
            if ((zero && value.isZero()) || (value.compareTo(least) >= 0 && value.compareTo(most) <= 0)) {
                return value;
            }
            findings.error(
                    path,
                    text + " is out of range",
                    "give a duration from " + GatewayDuration.format(least) + " to " + GatewayDuration.format(most)
                            + (zero ? ", or 0s for no limit" : ""));
        } catch (IllegalArgumentException e) {
            findings.error(
                    path,
                    "'" + text + "' is not a duration",
                    "write up to four numbers, each with h, m, s or ms, such as 1h30m or 500ms");
        }
        return byDefault;
    }

    /** A number of bytes from {@code least} to {@code most}; also zero where that means no limit, as {@code zero} tells. */
    static long bytes(
            String path,
            @Nullable Quantity quantity,
            long byDefault,
            long least,
            long most,
            boolean zero,
            Findings findings) {
        if (quantity == null) {
            return byDefault;
        }
        BigDecimal value = number(quantity).orElse(null);
        if (value != null && zero && value.signum() == 0) {
            return 0;
        }
        if (value == null
                || value.compareTo(BigDecimal.valueOf(least)) < 0
                || value.compareTo(BigDecimal.valueOf(most)) > 0) {
            findings.error(
                    path,
                    quantity + " is not a number of bytes that can be taken",
                    "give one from " + Amount.ofBytes(least) + " to " + Amount.ofBytes(most)
                            + (zero ? ", or 0 for no limit" : ""));
            return byDefault;
        }
        return value.longValue();
    }

    /** A number from {@code least} to {@code most}. */
    static int number(String path, @Nullable Integer value, int byDefault, int least, int most, Findings findings) {
        if (value == null) {
            return byDefault;
        }
        if (value < least || value > most) {
            findings.error(path, value + " is out of range", "give " + least + " to " + most);
            return byDefault;
        }
        return value;
    }

    /** A network in canonical form, or empty when {@code findings} has an error more. */
    static Optional<Prefix> network(String path, String text, Findings findings) {
        try {
            return Optional.of(Prefix.parse(text));
        } catch (IllegalArgumentException e) {
            String[] parts =
                    requireNonNullElse(e.getMessage(), "is not a network").split(": ", 2);
            findings.error(
                    path, parts[0], parts.length > 1 ? parts[1] : "write a network such as 10.0.0.0/8 or fd00::/8");
            return Optional.empty();
        }
    }

    /** Networks whose peers are believed when they tell of another address than theirs. */
    static List<String> trusted(String path, @Nullable List<String> given, Findings findings) {
        List<String> networks = new ArrayList<>();
        List<String> texts = requireNonNullElse(given, List.of());
        for (int i = 0; i < texts.size(); i++) {
            String at = path + "[" + i + "]";
            String cidr = texts.get(i);
            network(at, cidr, findings).ifPresent(network -> {
                networks.add(network.toString());
                if (network.toString().endsWith("/0")) {
                    findings.warning(
                            at,
                            cidr + " lets every client choose the address that it is known by",
                            "name the networks of the proxies in front of this one");
                }
            });
        }
        return networks;
    }

    static @Nullable ProxyProtocolSource proxyProtocol(String path, @Nullable ProxyProtocol given, Findings findings) {
        return given == null
                ? null
                : new ProxyProtocolSource(trusted(path + ".trustedCIDRs", given.trustedCIDRs(), findings));
    }

    static Optional<BigDecimal> number(Quantity quantity) {
        try {
            return Optional.of(quantity.getNumericalAmount());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
