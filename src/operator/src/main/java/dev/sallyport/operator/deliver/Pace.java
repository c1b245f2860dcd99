package dev.sallyport.operator.deliver;

import java.time.Duration;

/**
 * How long to wait between two tries: the first wait, doubled each time up to the longest.
 *
 * @param first after the first try
 * @param longest after many
 */
public record Pace(Duration first, Duration longest) {
    /** The wait after try number {@code attempt}, counted from 1. */
    public Duration after(int attempt) {
        if (attempt > 30) {
            return longest;
        }
        Duration wait = first.multipliedBy(1L << (attempt - 1));
        return wait.compareTo(longest) < 0 ? wait : longest;
    }
}
