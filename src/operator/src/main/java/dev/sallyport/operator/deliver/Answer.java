package dev.sallyport.operator.deliver;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import org.jspecify.annotations.Nullable;

/** What is known of the configuration that a relay serves. */
public sealed interface Answer {
    /** Whether the relay serves the configuration named {@code hash}. */
    boolean serves(String hash);

    /** Whether the relay has the configuration named {@code hash} and will not serve it. */
    boolean refuses(String hash);

    /**
     * The relay's own words, from {@code GET /config} of its admin port.
     *
     * @param hash names the configuration that it serves; absent while it serves none
     * @param error why it refused what it was last given; absent when it serves that
     * @param refused names what it refused
     * @param waiting what it serves as soon as the secrets are there that it needs; absent when nothing waits
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Heard(
            @Nullable String hash,
            @Nullable String error,
            @Nullable String refused,
            @Nullable Waiting waiting) implements Answer {
        /** @param hash names a configuration */
        @JsonIgnoreProperties(ignoreUnknown = true)
        public record Waiting(@Nullable String hash) {}

        /** Whether the relay has the configuration named {@code wanted}, and waits for its secrets. */
        public boolean awaitsSecretsOf(String wanted) {
            return waiting != null && wanted.equals(waiting.hash);
        }

        @Override
        public boolean serves(String wanted) {
            return wanted.equals(hash);
        }

        @Override
        public boolean refuses(String wanted) {
            return wanted.equals(refused);
        }
    }

    /**
     * The relay gave no answer that could be read.
     *
     * @param reason why, for people
     */
    record Silent(String reason) implements Answer {
        @Override
        public boolean serves(String wanted) {
            return false;
        }

        @Override
        public boolean refuses(String wanted) {
            return false;
        }
    }
}
