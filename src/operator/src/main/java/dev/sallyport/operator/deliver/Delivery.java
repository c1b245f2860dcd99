package dev.sallyport.operator.deliver;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Pursues, for each relay, that it serves the configuration that was rendered for it: asks, nudges its pod when the
 * answer is another one, and asks again until it is that one. Every relay has a thread of its own while it lags. Silence
 * is no sign of lagging: a relay that cannot be asked is nudged once for each change.
 *
 * <p>Nothing here is durable. A new operator asks everybody once and nudges only who lags.
 */
public final class Delivery implements AutoCloseable {
    private static final Pace ASKING = new Pace(Duration.ofMillis(100), Duration.ofSeconds(5));
    private static final Pace NUDGING = new Pace(Duration.ofSeconds(1), Duration.ofMinutes(1));
    private static final Duration FIRST_ANSWER = Duration.ofMillis(250);
    private static final Duration TRUSTED = Duration.ofMinutes(1);

    private final AdminPort admin;
    private final Nudge nudge;
    private final Map<String, Map<String, Pursuit>> proxies = new ConcurrentHashMap<>();

    public Delivery(AdminPort admin, Nudge nudge) {
        this.admin = admin;
        this.nudge = nudge;
    }

    /**
     * Sees to it that the {@code relays} of {@code proxy} serve what they should, forgets relays that are not among them,
     * and gives what each of them answered last, by the UID of its pod. A relay that is new here has a moment for its first
     * answer, so that it does not count as one that lags; after that it is not there until it answers.
     *
     * @param proxy its UID
     * @param changed called on another thread whenever a later call would give something else
     */
    public Map<String, Answer> pursue(String proxy, Collection<Relay> relays, Runnable changed) {
        Map<String, Pursuit> pursuits = new HashMap<>();
        proxies.compute(proxy, (uid, before) -> {
            Map<String, Pursuit> known = before == null ? Map.of() : before;
            for (Relay relay : relays) {
                Pursuit pursuit = known.get(relay.uid());
                pursuits.put(
                        relay.uid(),
                        pursuit != null && pursuit.isFor(relay) ? pursuit : start(relay, pursuit, changed));
            }
            known.values().stream().filter(p -> !pursuits.containsValue(p)).forEach(Pursuit::end);
            return pursuits;
        });
        Map<String, Answer> answers = new HashMap<>();
        long deadline = System.nanoTime() + FIRST_ANSWER.toNanos();
        pursuits.forEach((uid, pursuit) -> pursuit.answer(deadline).ifPresent(answer -> answers.put(uid, answer)));
        return answers;
    }

    /** Ends what is under way for the proxy with that UID. */
    public void forget(String proxy) {
        Map<String, Pursuit> pursuits = proxies.remove(proxy);
        if (pursuits != null) {
            pursuits.values().forEach(Pursuit::end);
        }
    }

    @Override
    public void close() {
        proxies.keySet().forEach(this::forget);
        admin.close();
    }

    private Pursuit start(Relay relay, @Nullable Pursuit before, Runnable changed) {
        var pursuit = new Pursuit(relay, before, changed);
        pursuit.thread = Thread.ofVirtual().name("deliver " + relay.key()).start(pursuit);
        return pursuit;
    }

    private final class Pursuit implements Runnable {
        private final Relay relay;
        private final boolean isChange;
        private final Runnable changed;
        private final CountDownLatch answered = new CountDownLatch(1);
        private volatile @Nullable Answer answer;
        private volatile long acknowledged;
        private volatile @Nullable Thread thread;

        Pursuit(Relay relay, @Nullable Pursuit before, Runnable changed) {
            this.relay = relay;
            this.isChange = before != null && !before.relay.wanted().equals(relay.wanted());
            this.answer = before == null ? null : before.answer;
            this.changed = changed;
        }

        Optional<Answer> answer(long deadline) {
            try {
                if (answer == null && !answered.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    return Optional.empty();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Optional.ofNullable(answer);
        }

        boolean isFor(Relay relay) {
            boolean fresh = acknowledged == 0 || System.nanoTime() - acknowledged < TRUSTED.toNanos();
            return fresh && this.relay.equals(relay);
        }

        void end() {
            Thread running = thread;
            if (running != null) {
                running.interrupt();
            }
        }

        @Override
        public void run() {
            try {
                int nudges = 0;
                long nudgeAt = System.nanoTime();
                for (int asks = 1; ; asks++) {
                    Answer now = admin.ask(relay);
                    note(now);
                    if (now.serves(relay.wanted())) {
                        return;
                    }
                    boolean nudged = switch (now) {
                        case Answer.Heard heard -> !heard.refuses(relay.wanted()) && System.nanoTime() - nudgeAt >= 0;
                        case Answer.Silent silent -> isChange && nudges == 0;
                    };
                    if (nudged) {
                        nudge.give(relay, ++nudges);
                        nudgeAt = System.nanoTime() + NUDGING.after(nudges).toNanos();
                    }
                    Thread.sleep(ASKING.after(asks));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void note(Answer now) {
            if (now.serves(relay.wanted())) {
                acknowledged = System.nanoTime();
            }
            if (!now.equals(answer)) {
                answer = now;
                answered.countDown();
                changed.run();
            }
        }
    }
}
