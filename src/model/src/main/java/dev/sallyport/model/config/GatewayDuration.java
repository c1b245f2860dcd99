package dev.sallyport.model.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations in Gateway API's form (GEP-2257): up to four numbers of one to five digits, each with h, m, s or ms, as in {@code 1h30m}. */
public final class GatewayDuration {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,5}(h|m|s|ms)){1,4}");
    private static final Pattern PART = Pattern.compile("([0-9]+)(ms|h|m|s)");
    private static final Duration LONGEST = Duration.ofHours(99_999);

    private GatewayDuration() {}

    /**
     * @throws IllegalArgumentException when {@code text} does not have the form
     */
    public static Duration parse(String text) {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "'" + text
                            + "' is not a duration: write up to four numbers of at most five digits, each with h, m, s or ms, such as 1m30s");
        }
        Duration sum = Duration.ZERO;
        for (Matcher part = PART.matcher(text); part.find(); ) {
            long number = Long.parseLong(part.group(1));
            sum = sum.plus(
                    switch (part.group(2)) {
                        case "h" -> Duration.ofHours(number);
                        case "m" -> Duration.ofMinutes(number);
                        case "s" -> Duration.ofSeconds(number);
                        default -> Duration.ofMillis(number);
                    });
        }
        if (sum.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("'" + text + "' is too long a duration: write at most 99999h");
        }
        return sum;
    }

    /** The shortest form, such as {@code 1m30s}; {@code 0s} for zero. */
    public static String format(Duration duration) {
        if (duration.isNegative() || duration.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(duration + " has no form: it must be from 0s to 99999h");
        }
        if (duration.getNano() % 1_000_000 != 0) {
            throw new IllegalArgumentException(duration + " has no form: it must be whole milliseconds");
        }
        StringBuilder text = new StringBuilder();
        append(text, duration.toHours(), "h");
        append(text, duration.toMinutesPart(), "m");
        append(text, duration.toSecondsPart(), "s");
        append(text, duration.toMillisPart(), "ms");
        return text.isEmpty() ? "0s" : text.toString();
    }

    private static void append(StringBuilder text, long number, String unit) {
        if (number != 0) {
            text.append(number).append(unit);
        }
    }
}
