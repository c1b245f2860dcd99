package dev.sallyport.control.validate;

import static java.util.Objects.requireNonNullElse;

import dev.sallyport.api.v1alpha1.common.AccessLog;
import dev.sallyport.api.v1alpha1.common.AccessLogFormat;
import dev.sallyport.api.v1alpha1.common.DeploymentMode;
import dev.sallyport.api.v1alpha1.common.Infrastructure;
import dev.sallyport.api.v1alpha1.common.NetworkPolicyMode;
import dev.sallyport.api.v1alpha1.common.ServiceTemplate;
import dev.sallyport.api.v1alpha1.common.ServiceType;
import dev.sallyport.control.input.Defaults;
import dev.sallyport.model.config.Drain;
import dev.sallyport.model.config.Telemetry;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How the relays of a proxy are run, of either kind.
 *
 * @param deployed whether it has any of its own
 * @param service how their Service is reached
 * @param serviceAnnotations what the owner wants on it, in order
 * @param networkPolicy whether the operator keeps one
 */
public record Running(
        boolean deployed,
        int replicas,
        Compute compute,
        ServiceType service,
        Map<String, String> serviceAnnotations,
        boolean networkPolicy,
        Drain drain,
        Telemetry telemetry) {

    static Running check(
            @Nullable Integer replicas,
            @Nullable Infrastructure infrastructure,
            dev.sallyport.api.v1alpha1.common.@Nullable Drain drain,
            @Nullable AccessLog accessLog,
            Findings findings) {
        var given = requireNonNullElse(infrastructure, new Infrastructure(null, null, null, null));
        var service = requireNonNullElse(given.service(), new ServiceTemplate(null, null));
        if (replicas != null && replicas < 0) {
            findings.error("spec.replicas", replicas + " relays cannot be run", "give 0 or more");
        }
        boolean deployed = given.deployment() != DeploymentMode.NONE;
        return new Running(
                deployed,
                deployed ? Math.max(0, requireNonNullElse(replicas, Defaults.REPLICAS)) : 0,
                Compute.check("spec.infrastructure.resources", given.resources(), findings),
                requireNonNullElse(service.type(), ServiceType.CLUSTER_IP),
                new TreeMap<>(requireNonNullElse(service.annotations(), Map.of())),
                deployed
                        && requireNonNullElse(given.networkPolicy(), NetworkPolicyMode.MANAGED)
                                == NetworkPolicyMode.MANAGED,
                drain(drain, findings),
                new Telemetry(accessLog(accessLog)));
    }

    private static Drain drain(dev.sallyport.api.v1alpha1.common.@Nullable Drain drain, Findings findings) {
        return drain == null
                ? Defaults.DRAIN
                : new Drain(
                        Values.duration(
                                "spec.drain.delay",
                                drain.delay(),
                                Defaults.DRAIN.delay(),
                                Duration.ZERO,
                                Duration.ofMinutes(5),
                                false,
                                findings),
                        Values.duration(
                                "spec.drain.grace",
                                drain.grace(),
                                Defaults.DRAIN.grace(),
                                Duration.ZERO,
                                Duration.ofHours(24),
                                false,
                                findings));
    }

    private static Telemetry.AccessLog accessLog(@Nullable AccessLog accessLog) {
        return accessLog == null || accessLog.format() == null
                ? Defaults.ACCESS_LOG
                : accessLog.format() == AccessLogFormat.NONE ? Telemetry.AccessLog.NONE : Telemetry.AccessLog.JSON;
    }
}
