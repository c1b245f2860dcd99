package dev.sallyport.model.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations in Gateway API's form (GEP-2257): up to four numbers of one to five digits, each with h, m, s or ms, as in {@code 1h30m}. */
public final class GatewayDuration {
    private static final Pattern FORM =
            Pattern.compile("(?=.)(?:([0-9]{1,5})h)?(?:([0-9]{1,5})m)?(?:([0-9]{1,5})s)?(?:([0-9]{1,5})ms)?");

    private GatewayDuration() {}

    /**
     * @throws IllegalArgumentException when {@code text} does not have the form
     */
    public static Duration parse(String text) {
        Matcher m = FORM.matcher(text);
        if (!m.matches()) {
            throw new IllegalArgumentException("'" + text
                    + "' is not a duration: write numbers with h, m, s or ms in that order, such as 1h30m or 500ms");
        }
        return Duration.ofHours(number(m, 1))
                .plusMinutes(number(m, 2))
                .plusSeconds(number(m, 3))
                .plusMillis(number(m, 4));
    }

    /** The shortest form, such as {@code 1m30s}; {@code 0s} for zero. */
    public static String format(Duration duration) {
        if (duration.isNegative() || duration.toHours() > 99_999) {
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

    private static long number(Matcher matcher, int group) {
        String digits = matcher.group(group);
        return digits == null ? 0 : Long.parseLong(digits);
    }
}
