package dev.sallyport.relay.drain;

import dev.sallyport.model.config.Drain;
import dev.sallyport.relay.admin.Readiness;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Not ready, then a delay in which everything is still served so that load balancers can take notice, and clients by
 * {@code Connection: close} (RFC 9112, section 9.6), then a grace for what runs. It never takes longer than both and {@link #MARGIN}. Each {@link #hurry} ends the step that is under way.
 */
public final class DrainSequence {
    /** How much longer than its grace the data path may take. */
    static final Duration MARGIN = Duration.ofSeconds(3);

    private final Readiness readiness;
    private final Runnable announcement;
    private final Function<Duration, CompletionStage<?>> dataPath;
    private final CompletableFuture<?> delay = new CompletableFuture<>();
    private volatile CompletableFuture<?> step = delay;

    /**
     * @param announcement makes the data path announce the end of connections, and serve on
     * @param dataPath lets what runs end by itself for the duration that it is given, then closes it; the result
     *     completes when nothing is left
     */
    public DrainSequence(Readiness readiness, Runnable announcement, Function<Duration, CompletionStage<?>> dataPath) {
        this.readiness = readiness;
        this.announcement = announcement;
        this.dataPath = dataPath;
    }

    /** Goes through all steps; returns when nothing is left, or the time is over. To be called once. */
    public void run(Drain drain) {
        readiness.drain();
        announcement.run();
        await(delay, drain.delay());
        await(dataPath.apply(drain.grace()).toCompletableFuture(), drain.grace().plus(MARGIN));
    }

    /** Ends the step that is under way, the delay or the grace; before the first, it ends that as soon as it begins. */
    public void hurry() {
        step.complete(null);
    }

    private void await(CompletableFuture<?> ended, Duration most) {
        step = ended.copy();
        // A data path that fails to end is left to the end of the process.
        step.completeOnTimeout(null, most.toNanos(), TimeUnit.NANOSECONDS)
                .exceptionally(failure -> null)
                .join();
    }
}
