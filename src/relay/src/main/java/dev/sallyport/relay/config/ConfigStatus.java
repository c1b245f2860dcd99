package dev.sallyport.relay.config;

import dev.sallyport.model.config.Source;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which configuration a relay serves, and what became of a newer one.
 *
 * @param served what is served, or null before the first
 * @param refusal why what is in the directory now is not served; null when it is, or waits
 * @param waiting what is in the directory now and is served as soon as its secrets are there; null when nothing waits
 */
public record ConfigStatus(
        @Nullable Served served,
        @Nullable Refusal refusal,
        @Nullable Waiting waiting) {
    /** Before anything was read. */
    public static final ConfigStatus NOTHING =
            new ConfigStatus(null, new Refusal("", "no configuration was read yet"), null);

    /**
     * A configuration that is served.
     *
     * @param hash of its bytes, see {@link dev.sallyport.model.config.RelayConfigCodec#hash}
     * @param sources the objects that it was made from
     */
    public record Served(String hash, List<Source> sources) {}

    /**
     * A configuration that is not served.
     *
     * @param hash of its bytes, or empty when there are none
     * @param message what was wrong, at most {@value #LONGEST} characters
     */
    public record Refusal(String hash, String message) {
        private static final int LONGEST = 2_000;

        public Refusal {
            message = message.length() > LONGEST ? message.substring(0, LONGEST - 1) + "…" : message;
        }
    }

    /**
     * A configuration whose secrets are not there yet.
     *
     * @param hash of its bytes
     */
    public record Waiting(String hash) {
        /** The name of the state. */
        public static final String REASON = "WaitingForSecret";
    }

    ConfigStatus servedNow(String hash, List<Source> sources) {
        return new ConfigStatus(new Served(hash, sources), null, null);
    }

    ConfigStatus servedStill() {
        return new ConfigStatus(served, null, null);
    }

    ConfigStatus refused(Refusal why) {
        return new ConfigStatus(served, why, null);
    }

    ConfigStatus awaiting(Waiting what) {
        return new ConfigStatus(served, null, what);
    }

    boolean serves(String hash) {
        return served != null && served.hash.equals(hash);
    }
}
