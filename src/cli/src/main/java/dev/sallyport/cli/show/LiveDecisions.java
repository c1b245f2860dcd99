package dev.sallyport.cli.show;

import dev.sallyport.model.config.RoleKind;
import dev.sallyport.relay.record.Decision;
import dev.sallyport.relay.record.DecisionSink;
import dev.sallyport.relay.record.RecordedDecision;
import java.io.PrintStream;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Decisions as they happen, a line each: when, what was asked of which proxy, what became of it and why.
 *
 * <pre>
 * 14:03:07  ✓ 200  GET http://shop.example/cart        shop/web       rules[0] → 127.0.0.1:9000, 3 ms
 * 14:03:09  ✗ 403  CONNECT bad.example:443             shop/egress    no rule allows bad.example:443
 * </pre>
 */
public final class LiveDecisions implements DecisionSink {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
    private static final int LONGEST_TARGET = 120;

    private final PrintStream out;
    private final boolean colours;
    private final ZoneId zone;

    public LiveDecisions(PrintStream out, boolean colours, ZoneId zone) {
        this.out = out;
        this.colours = colours;
        this.zone = zone;
    }

    @Override
    public void decided(RecordedDecision decision) {
        out.println(line(decision));
    }

    String line(RecordedDecision d) {
        boolean good = d.error() == null && d.end() == Decision.End.COMPLETE;
        String mark = !good
                ? Style.BAD.of("✗", colours)
                : d.overlookedRule().isEmpty() && d.overlookedDetail().isEmpty()
                        ? Style.GOOD.of("✓", colours)
                        : Style.WARNING.of("!", colours);
        return "%s  %s %s  %-44s  %-18s  %s"
                .formatted(
                        Style.QUIET.of(TIME.format(d.start().atZone(zone)), colours),
                        mark,
                        d.status() == 0 ? "---" : Integer.toString(d.status()),
                        printable(target(d)),
                        d.policy(),
                        printable(outcome(d, good)));
    }

    private static String target(RecordedDecision d) {
        String authority = d.host().indexOf(':') >= 0 ? "[" + d.host() + "]" : d.host();
        boolean standard = d.port() == 0
                || (d.scheme().equals("http") && d.port() == 80)
                || (d.scheme().equals("https") && d.port() == 443);
        String target = d.kind() == Decision.Kind.TUNNEL
                ? authority + ":" + d.port()
                : d.scheme() + "://" + authority + (standard ? "" : ":" + d.port()) + d.path()
                        + (d.query() ? "?…" : "");
        String shown = d.method() + " " + (d.host().isEmpty() ? d.path() : target);
        return shown.length() > LONGEST_TARGET ? shown.substring(0, LONGEST_TARGET - 1) + "…" : shown;
    }

    private static String outcome(RecordedDecision d, boolean good) {
        if (!good) {
            return d.detail().isEmpty() ? d.end().token().replace('_', ' ') : d.detail();
        }
        StringBuilder outcome = new StringBuilder(d.rule());
        if (!d.upstream().isEmpty()) {
            outcome.append(" → ").append(d.upstream());
        }
        if (d.retries() > 0) {
            outcome.append(", ").append(d.retries()).append(d.retries() == 1 ? " retry" : " retries");
        }
        if (d.role() == RoleKind.FORWARD && d.kind() == Decision.Kind.TUNNEL) {
            outcome.append(", ")
                    .append(d.requestBytes())
                    .append(" B up, ")
                    .append(d.responseBytes())
                    .append(" B down");
        }
        outcome.append(", ").append(milliseconds(d.total()));
        if (!d.overlookedDetail().isEmpty()) {
            outcome.append("; would be refused: ").append(d.overlookedDetail());
        }
        return outcome.toString();
    }

    private static String milliseconds(@Nullable Duration duration) {
        return duration == null ? "-" : duration.toNanos() < 1_000_000 ? "<1 ms" : duration.toMillis() + " ms";
    }

    /** What peers sent must not steer the terminal. */
    private static String printable(String text) {
        return text.codePoints()
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '\ufffd' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
