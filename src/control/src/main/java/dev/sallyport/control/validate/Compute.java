package dev.sallyport.control.validate;

import static java.util.Objects.requireNonNullElse;

import dev.sallyport.api.v1alpha1.common.ResourceAmounts;
import dev.sallyport.api.v1alpha1.common.Resources;
import dev.sallyport.control.input.Defaults;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * CPU and memory of one relay.
 *
 * @param cpuLimit null for none, which lets a relay use what the node has left
 */
public record Compute(Amount cpuRequest, @Nullable Amount cpuLimit, Amount memoryRequest, Amount memoryLimit) {
    private static final BigDecimal LEAST_MEMORY = BigDecimal.valueOf(64L * 1024 * 1024);
    private static final Compute RELAY = new Compute(
            standard(Defaults.CPU_REQUEST), null, standard(Defaults.MEMORY_REQUEST), standard(Defaults.MEMORY_LIMIT));
    private static final Compute SIDECAR = new Compute(
            standard(Defaults.SIDECAR_CPU_REQUEST),
            standard(Defaults.SIDECAR_CPU_LIMIT),
            standard(Defaults.SIDECAR_MEMORY_REQUEST),
            standard(Defaults.SIDECAR_MEMORY_LIMIT));

    /** The event loops that suit the CPU: its limit, else its request, rounded up. */
    public int loops() {
        return (cpuLimit == null ? cpuRequest : cpuLimit)
                .value()
                .setScale(0, RoundingMode.CEILING)
                .intValueExact();
    }

    /**
     * Of a relay beside an application.
     *
     * @param path names where an amount stands, by {@code requests.cpu} and the like
     */
    public static Compute sidecar(UnaryOperator<String> path, Resources resources, Findings findings) {
        return check(path, resources, SIDECAR, findings);
    }

    static Compute check(String path, @Nullable Resources resources, Findings findings) {
        return check(amount -> path + "." + amount, resources, RELAY, findings);
    }

    /** A request by default is never above a limit that is given, and a limit by default never below a request. */
    private static Compute check(
            UnaryOperator<String> path, @Nullable Resources resources, Compute standard, Findings findings) {
        ResourceAmounts none = new ResourceAmounts(null, null);
        ResourceAmounts requests = resources == null ? none : requireNonNullElse(resources.requests(), none);
        ResourceAmounts limits = resources == null ? none : requireNonNullElse(resources.limits(), none);

        Amount cpuRequest = amount(path.apply("requests.cpu"), requests.cpu(), "100m or 2", findings);
        Amount cpuLimit = amount(path.apply("limits.cpu"), limits.cpu(), "500m or 2", findings);
        Amount memoryRequest = amount(path.apply("requests.memory"), requests.memory(), "128Mi", findings);
        Amount memoryLimit = amount(path.apply("limits.memory"), limits.memory(), "512Mi", findings);
        order(path.apply("limits.cpu"), cpuRequest, cpuLimit, findings);
        order(path.apply("limits.memory"), memoryRequest, memoryLimit, findings);
        if (memoryLimit != null && memoryLimit.value().compareTo(LEAST_MEMORY) < 0) {
            findings.warning(
                    path.apply("limits.memory"),
                    memoryLimit.text() + " is too little for a relay to start",
                    "give at least 64Mi");
        }
        return new Compute(
                cpuRequest != null ? cpuRequest : lower(standard.cpuRequest, cpuLimit),
                cpuLimit != null || standard.cpuLimit == null ? cpuLimit : higher(standard.cpuLimit, cpuRequest),
                memoryRequest != null ? memoryRequest : lower(standard.memoryRequest, memoryLimit),
                memoryLimit != null ? memoryLimit : higher(standard.memoryLimit, memoryRequest));
    }

    private static @Nullable Amount amount(
            String path, @Nullable Quantity quantity, String example, Findings findings) {
        if (quantity == null) {
            return null;
        }
        BigDecimal value = Values.number(quantity).orElse(BigDecimal.ZERO);
        if (value.signum() <= 0 || value.compareTo(BigDecimal.valueOf(1L << 50)) > 0) {
            findings.error(
                    path, "'" + quantity + "' is not an amount that a relay can have", "give one such as " + example);
            return null;
        }
        return Amount.of(quantity);
    }

    private static void order(String path, @Nullable Amount request, @Nullable Amount limit, Findings findings) {
        if (request != null && limit != null && limit.value().compareTo(request.value()) < 0) {
            findings.error(
                    path,
                    limit.text() + " is below the request of " + request.text(),
                    "raise it, or lower the request");
        }
    }

    private static Amount standard(String text) {
        return Amount.of(Quantity.parse(text));
    }

    private static Amount lower(Amount standard, @Nullable Amount limit) {
        return limit != null && limit.value().compareTo(standard.value()) < 0 ? limit : standard;
    }

    private static Amount higher(Amount standard, @Nullable Amount request) {
        return request != null && request.value().compareTo(standard.value()) > 0 ? request : standard;
    }
}
