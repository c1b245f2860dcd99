package dev.sallyport.control.plan;

import dev.sallyport.control.input.Defaults;
import dev.sallyport.control.input.Settings;
import dev.sallyport.model.config.Admin;
import dev.sallyport.model.config.Drain;
import dev.sallyport.model.config.Listener;
import dev.sallyport.model.config.RelayConfig;
import dev.sallyport.model.config.RelayPorts;
import dev.sallyport.model.config.RoleKind;
import java.time.Duration;
import java.util.List;

/** Plans what relays in the pods of applications serve. */
public final class SidecarPlanner {
    private static final String LOOPBACK = "127.0.0.1";

    private SidecarPlanner() {}

    /**
     * The policy of a forward proxy, for one pod: by one loop, on loopback, without TLS, and so without Secrets. It ends without a delay, since
     * it is told to when the application has ended.
     */
    public static Snapshot forward(Plan.Served served, Settings settings) {
        RelayConfig own = served.snapshot().config();
        String policy = served.workload().subject().key();
        var listener = new Listener(
                policy + "/sidecar",
                LOOPBACK,
                RelayPorts.SIDECAR_FORWARD,
                RelayPorts.SIDECAR_FORWARD,
                RoleKind.FORWARD,
                policy,
                served.workload().listeners().getFirst().protocols(),
                ForwardPlanner.LIMITS);
        return Snapshot.of(new RelayConfig(
                own.format(),
                own.sources(),
                Defaults.SIDECAR_LOOPS,
                new Admin(settings.listenAddress(), RelayPorts.SIDECAR_ADMIN),
                List.of(listener),
                own.forwards(),
                List.of(),
                List.of(),
                own.telemetry(),
                new Drain(Duration.ZERO, own.drain().grace())));
    }
}
