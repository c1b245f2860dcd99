package dev.sallyport.relay.respond;

import dev.sallyport.model.request.Ascii;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The time for {@code Date} (RFC 9110, section 5.6.7), written once a second. For one loop. */
public final class Dates {
    private static final DateTimeFormatter FORM = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private long second = -1;
    private Ascii text = Ascii.of("");

    /** The present second. */
    public Ascii now() {
        return at(System.currentTimeMillis() / 1000);
    }

    Ascii at(long epochSecond) {
        if (epochSecond != second) {
            second = epochSecond;
            text = Ascii.of(FORM.format(Instant.ofEpochSecond(epochSecond)));
        }
        return text;
    }
}
