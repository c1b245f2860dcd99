package dev.sallyport.operator.deliver;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;
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
     * @param parts the same of each of its configurations, where it has several; absent where it has one
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Heard(
            @Nullable String hash,
            @Nullable String error,
            @Nullable String refused,
            @Nullable Waiting waiting,
            @Nullable List<Heard> parts)
            implements Answer {
        private static final Heard OF_OTHERS = new Heard(null, null, null, null, null);

        /** @param hash names a configuration */
        @JsonIgnoreProperties(ignoreUnknown = true)
        public record Waiting(@Nullable String hash) {}

        /** What it says of the configuration named {@code wanted}. */
        Heard about(String wanted) {
            return parts == null
                    ? this
                    : parts.stream()
                            .filter(part -> part.serves(wanted) || part.refuses(wanted) || part.awaitsSecretsOf(wanted))
                            .findFirst()
                            .orElse(OF_OTHERS);
        }

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
