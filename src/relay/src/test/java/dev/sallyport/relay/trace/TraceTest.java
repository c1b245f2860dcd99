package dev.sallyport.relay.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.request.Ascii;
import dev.sallyport.model.role.Tracing;
import dev.sallyport.relay.http.FieldName;
import dev.sallyport.relay.http.FieldSet;
import dev.sallyport.relay.http.FieldSink;
import dev.sallyport.relay.http.HeadLimits;
import dev.sallyport.relay.http.RequestHead;
import dev.sallyport.relay.http.h1.Progress;
import dev.sallyport.relay.http.h1.RequestParser;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Without sockets. Each {@code T} and {@code P} stands for an id of the right length. */
class TraceTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "b7ad6b7169203331";

    private final RandomGenerator random = new SplittableRandom(7);
    private final Trace trace = new Trace();

    private static String filled(String text) {
        return text.replace("T", TRACE).replace("P", PARENT);
    }

    private static RequestHead request(String... fields) {
        RequestParser parser = new RequestParser(new RequestHead(), HeadLimits.DEFAULT);
        String head = "GET / HTTP/1.1\r\nHost: a\r\n" + String.join("", List.of(fields)) + "\r\n";
        assertThat(parser.parse(Unpooled.copiedBuffer(head, StandardCharsets.ISO_8859_1)))
                .isEqualTo(Progress.COMPLETE);
        return parser.head();
    }

    /** The fields that go on. */
    private String sent(Tracing tracing, String... fields) {
        RequestHead head = request(fields);
        trace.clear();
        trace.of(head, tracing, random);
        Lines lines = new Lines();
        trace.fields(head, lines);
        return lines.text.toString();
    }

    private static String hex(long value) {
        return HexFormat.of().toHexDigits(value);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "00-T-P-00                | 00",
                "00-T-P-01                | 01",
                "00-T-P-03                | 03",
                "00-T-P-ff                | 03",
                "00-T-P-fc                | 00",
                "01-T-P-01                | 01",
                "01-T-P-05                | 01",
                "cc-T-P-01-               | 01",
                "fe-T-P-01-what-there-may | 01",
            })
    void goesOnWithTheSpanOfTheRelay(String came, String flags) {
        for (Tracing tracing : List.of(Tracing.CONTINUE, Tracing.BEGIN)) {
            String sent = sent(tracing, "TraceParent: " + filled(came) + "\r\n");
            assertThat(sent).isEqualTo("traceparent: 00-" + TRACE + "-" + hex(trace.span()) + "-" + flags + "\n");
            assertThat(hex(trace.high()) + hex(trace.low())).isEqualTo(TRACE);
            assertThat(hex(trace.parent())).isEqualTo(PARENT);
            assertThat(trace.span()).isNotIn(0L, trace.parent());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "00-T-P",
                "00-T-P-",
                "00-T-P-0",
                "00-T-P-011",
                "00-T-P-01-",
                "00-T-P-01-more",
                "00-T-P-01.",
                "01-T-P-01.",
                "01-T-P-011",
                "fe-T-P-0",
                "ff-T-P-01",
                "ff-T-P-01-more",
                "FE-T-P-01",
                "0G-T-P-01",
                "0-T-P-01",
                "000-T-P-01",
                " 0-T-P-01",
                ".0-T-P-01",
                "00-T-P-0A",
                "00-T-P-.0",
                "00-T-P-0x",
                "00-T0-P-01",
                "00-T-P0-01",
                "00_T-P-01",
                "00-T_P-01",
                "00-T-P_01",
                "00-0AF7651916CD43DD8448EB211C80319C-P-01",
                "00-T-B7AD6B7169203331-01",
                "00-00000000000000000000000000000000-P-01",
                "00-T-0000000000000000-01",
                "00-0af7651916cd43dd8448eb211c80319-P-01",
                "00-0af7651916cd43dd8448eb211c80319g-P-01",
                "00-T-b7ad6b716920333-01",
                "00-T-b7ad6b716920333\u00e9-01",
                "00-T-P-01, 00-T-P-01",
            })
    void takesNothingElse(String came) {
        String[] fields = {"traceparent: " + filled(came) + "\r\n", "tracestate: a=b\r\n"};
        assertThat(sent(Tracing.CONTINUE, fields)).isEmpty();
        assertThat(trace.span()).isZero();
        begins(sent(Tracing.BEGIN, fields));
    }

    /** Whatever differs from a sound one in some bytes is judged as the grammar does. */
    @Test
    void judgesAsTheGrammarDoes() {
        Pattern grammar = Pattern.compile(
                "(?!ff)(?!..-0{32})(?!.{36}0{16})"
                        + "(00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}|[0-9a-f]{2}(?<!00)-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(-.*)?)");
        char[] octets = "0019afgAF--.,_ \u00ff".toCharArray();
        SplittableRandom chance = new SplittableRandom(11);
        int sound = 0;
        for (int round = 0; round < 100_000; round++) {
            StringBuilder text = new StringBuilder(filled("0" + round % 2 + "-T-P-01"));
            for (int i = chance.nextInt(3); i > 0; i--) {
                char octet = octets[chance.nextInt(octets.length)];
                int at = chance.nextInt(text.length());
                switch (chance.nextInt(4)) {
                    case 0 -> text.insert(at, octet);
                    case 1 -> text.deleteCharAt(at);
                    case 2 -> text.append(octet);
                    default -> text.setCharAt(at, octet);
                }
            }
            String value = text.toString().strip();
            boolean expected = grammar.matcher(value).matches();
            sound += expected ? 1 : 0;
            assertThat(sent(Tracing.CONTINUE, "traceparent: " + value + "\r\n").isEmpty())
                    .as(value)
                    .isEqualTo(!expected);
        }
        assertThat(sound).isBetween(10_000, 90_000);
    }

    @Test
    void severalAreNone() {
        String one = filled("traceparent: 00-T-P-01\r\n");
        assertThat(sent(Tracing.CONTINUE, one, one)).isEmpty();
        begins(sent(Tracing.BEGIN, one, one));
    }

    @ParameterizedTest
    @EnumSource
    void stateGoesOnlyWithTheTraceThatItIsOf(Tracing tracing) {
        assertThat(sent(tracing, "tracestate: a=b\r\n")).doesNotContain("tracestate");
        String sent = sent(tracing, filled("traceparent: 00-T-P-01\r\n"), "Tracestate: a=b,\tc=d ;e\r\n", "X: 1\r\n");
        if (tracing == Tracing.RESTART) {
            begins(sent);
        } else {
            assertThat(sent).endsWith("\ntracestate: a=b,\tc=d ;e\n");
        }
    }

    @Test
    void statesAreOneInTheirOrder() {
        String parent = filled("traceparent: 00-T-P-01\r\n");
        String longest = "x=" + "y".repeat(255);
        assertThat(sent(
                        Tracing.BEGIN,
                        "tracestate: a=1,b=2\r\n",
                        parent,
                        "tracestate: " + longest + "\r\n",
                        "TRACESTATE: " + longest + "\r\n"))
                .endsWith("\ntracestate: a=1,b=2, " + longest + ", " + longest + "\n");
        for (String unsound : List.of("", ",", "a=b,C=d")) {
            assertThat(sent(Tracing.BEGIN, parent, "tracestate: " + unsound + "\r\n"))
                    .startsWith("traceparent: 00-" + TRACE)
                    .doesNotContain("tracestate");
        }
    }

    @Test
    void noneIsBegunUnlessThatIsTold() {
        assertThat(sent(Tracing.CONTINUE)).isEmpty();
        assertThat(trace.span()).isZero();
        begins(sent(Tracing.BEGIN));
        begins(sent(Tracing.RESTART));
    }

    @Test
    void whatAClientSentCountsForNothingWhereEachRequestBeginsOne() {
        String sent = sent(Tracing.RESTART, filled("traceparent: 00-T-P-01\r\n"), "tracestate: a=b\r\n");
        begins(sent);
        assertThat(sent).doesNotContain(TRACE);
    }

    /** Not sampled, random, and without a parent. */
    private void begins(String sent) {
        assertThat(sent)
                .isEqualTo(
                        "traceparent: 00-" + hex(trace.high()) + hex(trace.low()) + "-" + hex(trace.span()) + "-02\n");
        assertThat(trace.parent()).isZero();
        assertThat(trace.low()).isNotZero();
        assertThat(trace.span()).isNotZero();
    }

    @Test
    void noIdIsZero() {
        trace.of(request(), Tracing.BEGIN, () -> 0);
        assertThat(trace.low()).isNotZero();
        assertThat(trace.span()).isNotZero();
    }

    /** As lines. */
    private static final class Lines implements FieldSink {
        private final StringBuilder text = new StringBuilder();

        @Override
        public void kept(RequestHead head, FieldSet dropped) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void begin(FieldName name) {
            text.append(name.lowerCase()).append(": ");
        }

        @Override
        public void text(Ascii more) {
            text.append(more);
        }

        @Override
        public void number(long number) {
            text.append(number);
        }

        @Override
        public void hex(long number) {
            text.append(TraceTest.hex(number));
        }

        @Override
        public void end() {
            text.append('\n');
        }
    }
}
