package dev.sallyport.control.validate;

import static java.util.Objects.requireNonNullElse;

import dev.sallyport.api.v1alpha1.reverse.ReverseTimeouts;
import dev.sallyport.api.v1alpha1.reverse.RuleTimeouts;
import dev.sallyport.control.input.Defaults;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Judges how long the requests and streams of rules may take. */
final class RuleTimes {
    private static final Duration LONGEST = Duration.ofHours(24);

    private final Duration idle;
    private final boolean idleGiven;
    private final Duration lifetime;

    RuleTimes(ReverseTimeouts given, Findings findings) {
        this.idle = Values.duration(
                "spec.timeouts.idle",
                given.idle(),
                Defaults.REVERSE_IDLE_TIMEOUT,
                Duration.ofSeconds(1),
                LONGEST,
                false,
                findings);
        this.idleGiven = given.idle() != null;
        this.lifetime = Values.duration(
                "spec.timeouts.lifetime",
                given.lifetime(),
                Defaults.STREAM_LIFETIME,
                Duration.ofSeconds(1),
                Duration.ofDays(30),
                true,
                findings);
    }

    /** @param path of the rule */
    CheckedReverse.Times of(String path, @Nullable RuleTimeouts given, Findings findings) {
        var timeouts = requireNonNullElse(given, new RuleTimeouts(null, null));
        Duration request = Values.duration(
                path + ".timeouts.request",
                timeouts.request(),
                Defaults.REQUEST_TIMEOUT,
                Duration.ofMillis(1),
                LONGEST,
                true,
                findings);
        Duration backend = Values.duration(
                path + ".timeouts.backendRequest",
                timeouts.backendRequest(),
                Defaults.BACKEND_TIMEOUT,
                Duration.ofMillis(1),
                LONGEST,
                true,
                findings);
        return new CheckedReverse.Times(
                request,
                timeouts.request() == null ? Defaults.STREAM_TIMEOUT : request,
                backend,
                idle(request),
                lifetime);
    }

    /** Of connections that are passed through. */
    CheckedReverse.Times passage() {
        return new CheckedReverse.Times(
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO,
                idleGiven ? idle : Defaults.PASSAGE_IDLE_TIMEOUT,
                lifetime);
    }

    /** A request that may take long may be silent as long, unless the owner says otherwise. */
    private Duration idle(Duration request) {
        return idleGiven || !request.isZero() && request.compareTo(idle) <= 0 ? idle : request;
    }
}
