package dev.sallyport.control;

import static java.util.Objects.requireNonNullElse;

import dev.sallyport.api.v1alpha1.ForwardProxy;
import dev.sallyport.api.v1alpha1.ForwardProxySpec;
import dev.sallyport.api.v1alpha1.ForwardProxyStatus;
import dev.sallyport.api.v1alpha1.ReverseProxy;
import dev.sallyport.api.v1alpha1.ReverseProxySpec;
import dev.sallyport.api.v1alpha1.ReverseProxyStatus;
import dev.sallyport.control.input.References;
import dev.sallyport.control.input.Settings;
import dev.sallyport.control.input.Subject;
import dev.sallyport.control.plan.ForwardPlanner;
import dev.sallyport.control.plan.Plan;
import dev.sallyport.control.plan.ReversePlanner;
import dev.sallyport.control.plan.SidecarPlanner;
import dev.sallyport.control.render.Infra;
import dev.sallyport.control.render.Renderer;
import dev.sallyport.control.render.Sidecars;
import dev.sallyport.control.resolve.Credentials;
import dev.sallyport.control.resolve.Resolver;
import dev.sallyport.control.status.Observed;
import dev.sallyport.control.status.Statuses;
import dev.sallyport.control.validate.ForwardValidator;
import dev.sallyport.control.validate.ReverseValidator;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Runs the stages. Equal arguments give equal results. */
public final class Control {
    private static final ForwardProxySpec NO_FORWARD =
            new ForwardProxySpec(null, null, null, null, null, null, null, null, null, null, null, null, null);
    private static final ReverseProxySpec NO_REVERSE =
            new ReverseProxySpec(null, null, null, null, null, null, null, null, null, null, null, null);

    private Control() {}

    /** What becomes of {@code proxy}, which refers to nothing. */
    public static Plan plan(ForwardProxy proxy, Settings settings) {
        return plan(proxy, References.NONE, settings);
    }

    /** What becomes of {@code proxy}, with what it refers to in {@code references}. */
    public static Plan plan(ForwardProxy proxy, References references, Settings settings) {
        ForwardProxySpec spec = requireNonNullElse(proxy.getSpec(), NO_FORWARD);
        Subject subject = Subject.of(proxy);
        return ForwardPlanner.plan(
                subject,
                ForwardValidator.check(spec, settings),
                new Credentials(subject.namespace(), references),
                settings);
    }

    /** What becomes of {@code proxy}, with what it refers to in {@code references}. */
    public static Plan plan(ReverseProxy proxy, References references, Settings settings) {
        Subject subject = Subject.of(proxy);
        ReverseProxySpec spec = requireNonNullElse(proxy.getSpec(), NO_REVERSE);
        return ReversePlanner.plan(
                subject,
                ReverseValidator.check(spec, settings),
                Resolver.resolve(subject.namespace(), spec, references),
                new Credentials(subject.namespace(), references),
                settings);
    }

    /** The objects that Kubernetes runs for {@code plan}; empty when the proxy cannot be used and what runs is to be left alone. */
    public static Optional<Infra> render(Plan plan, Settings settings) {
        return Optional.ofNullable(plan.served()).map(served -> Renderer.render(served, settings));
    }

    /** What relays in the pods of applications serve; empty as {@link #render}. */
    public static Optional<Sidecars> sidecars(Plan plan, Settings settings) {
        return Optional.ofNullable(plan.served())
                .map(served -> Renderer.sidecars(
                        served,
                        served.applications() == null
                                ? SidecarPlanner.forward(served, settings)
                                : SidecarPlanner.reverse(served, served.applications(), settings),
                        settings));
    }

    /**
     * What to say of a forward proxy.
     *
     * @param before the status that it has; null for none
     */
    public static ForwardProxyStatus forwardStatus(
            Plan plan, Observed observed, @Nullable ForwardProxyStatus before, Instant now) {
        return Statuses.forward(plan, observed, before, now);
    }

    /**
     * What to say of a reverse proxy.
     *
     * @param before the status that it has; null for none
     */
    public static ReverseProxyStatus reverseStatus(
            Plan plan, Observed observed, @Nullable ReverseProxyStatus before, Instant now, Settings settings) {
        return Statuses.reverse(plan, observed, before, now, settings);
    }
}
