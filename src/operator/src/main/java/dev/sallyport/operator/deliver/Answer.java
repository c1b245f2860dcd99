package dev.sallyport.operator.deliver;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is known of the configuration that a relay serves. */
public sealed interface Answer {
    /** Whether the relay serves the configuration named {@code hash}. */
    boolean serves(String hash);

    /**
     * The relay's own words, from {@code GET /config} of its admin port.
     *
     * @param hash names the configuration that it serves; absent while it serves none
     * @param generation the generation of the object that this configuration was made from
     * @param formats the forms of configuration that it reads
     * @param error why it refused a newer configuration; absent when it did not
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Heard(
            @Nullable String hash,
            long generation,
            @Nullable List<Integer> formats,
            @Nullable String error) implements Answer {
        public Heard {
            formats = formats == null ? List.of() : List.copyOf(formats);
        }

        @Override
        public boolean serves(String wanted) {
            return wanted.equals(hash);
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
    }
}
