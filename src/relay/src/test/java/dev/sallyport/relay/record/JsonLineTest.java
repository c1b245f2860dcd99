package dev.sallyport.relay.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sallyport.model.config.RoleKind;
import dev.sallyport.model.request.Ascii;
import dev.sallyport.model.role.ProxyError;
import dev.sallyport.model.role.Tracing;
import dev.sallyport.relay.http.FieldName;
import dev.sallyport.relay.http.Head;
import dev.sallyport.relay.http.RequestHead;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class JsonLineTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final JsonLine line = new JsonLine();
    private final Decision decision = new Decision();

    private String format() {
        line.format(decision);
        return new String(line.bytes(), 0, line.length(), StandardCharsets.UTF_8);
    }

    private JsonNode parsed() throws IOException {
        String text = format();
        assertThat(text).endsWith("}\n").matches("[ -~]+\n");
        return JSON.readTree(text);
    }

    @Test
    void tellsAllThereIsToTell() {
        decision.reset(Instant.parse("2026-02-28T23:59:59.007Z").toEpochMilli(), 5);
        decision.role = RoleKind.REVERSE;
        decision.listener = "web";
        decision.policy = "shop/front";
        decision.clientAddress = "192.0.2.1";
        decision.clientPort = 40_000;
        decision.original = "192.0.2.7:80";
        decision.method.set("GET");
        decision.protocol = "HTTP/1.1";
        decision.scheme = "http";
        decision.host.set("shop.example.com");
        decision.port = 80;
        decision.path.set("/a/b");
        decision.query = true;
        decision.trace.of(traced(), Tracing.BEGIN, () -> 0x00f0_67aa_0ba9_02b7L);
        decision.allowed = true;
        decision.rule = "rules[0]";
        decision.status = 502;
        decision.cluster = "shop/cart:80";
        decision.upstream = "10.0.0.7:8080";
        decision.retries = 1;
        decision.requestBytes = 0;
        decision.responseBytes = 1234;
        decision.decideNanos = 12_345;
        decision.connectNanos = 1_500_000;
        decision.totalNanos = 2_000_999_999L;
        decision.failed(ProxyError.CONNECTION_REFUSED, "refused by \"it\"");
        decision.end = Decision.End.UPSTREAM_CLOSED;

        assertThat(format()).isEqualTo("""
                {"time":"2026-02-28T23:59:59.007Z","kind":"request","role":"reverse","listener":"web",\
                "client":"192.0.2.1","clientPort":40000,"original":"192.0.2.7:80","protocol":"HTTP/1.1","method":"GET","scheme":"http","host":"shop.example.com",\
                "port":80,"path":"/a/b","query":true,"trace":"0af7651916cd43dd8448eb211c80319c",\
                "span":"00f067aa0ba902b7","parent":"b7ad6b7169203331","verdict":"allowed","policy":"shop/front","rule":"rules[0]",\
                "status":502,"cluster":"shop/cart:80","upstream":"10.0.0.7:8080","retries":1,"requestBytes":0,\
                "responseBytes":1234,"decideMs":0.012,"connectMs":1.500,"totalMs":2000.999,\
                "error":"connection_refused","detail":"refused by \\"it\\"","end":"upstream_closed"}
                """);
    }

    private static Head traced() {
        RequestHead head = new RequestHead();
        head.replace(
                FieldName.TRACEPARENT,
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".getBytes(StandardCharsets.US_ASCII));
        return head;
    }

    @Test
    void tellsNoParentOfATraceThatBeganHere() throws IOException {
        decision.trace.of(new RequestHead(), Tracing.BEGIN, () -> 1);
        assertThat(parsed().get("trace").textValue()).isEqualTo("00000000000000010000000000000001");
        assertThat(parsed().get("span").textValue()).isEqualTo("0000000000000001");
        assertThat(parsed().has("parent")).isFalse();
    }

    @Test
    void leavesOutWhatThereWasNot() {
        decision.reset(0, 0);
        assertThat(format())
                .isEqualTo("{\"time\":\"1970-01-01T00:00:00.000Z\",\"kind\":\"request\",\"role\":\"forward\","
                        + "\"verdict\":\"refused\",\"requestBytes\":0,\"responseBytes\":0,\"end\":\"complete\"}\n");
    }

    @Test
    void keepsWhatAClientSentInsideItsString() throws IOException {
        StringBuilder every = new StringBuilder();
        for (char c = 0; c < 256; c++) {
            every.append(c);
        }
        decision.path.set(Ascii.of(every.toString()));
        decision.host.set(Ascii.of("a\",\"verdict\":\"allowed\nb\\"));
        decision.rule = "regeln/süß \u2028\ud83d\ude00\r\n";

        JsonNode json = parsed();
        assertThat(json.get("path").textValue()).isEqualTo(every.toString());
        assertThat(json.get("host").textValue()).isEqualTo("a\",\"verdict\":\"allowed\nb\\");
        assertThat(json.get("rule").textValue()).isEqualTo(decision.rule);
        assertThat(json.get("verdict").textValue()).isEqualTo("refused");
    }

    @Test
    void cutsWhatIsLongAndHasRoomForTheLongestLine() throws IOException {
        String long_ = "\u0001".repeat(100_000);
        decision.reset(Long.MAX_VALUE / 2_000_000, 0);
        decision.method.set(long_);
        decision.host.set(long_);
        decision.path.set(long_);
        decision.listener = long_;
        decision.policy = long_;
        decision.clientAddress = long_;
        decision.scheme = long_;
        decision.rule = long_;
        decision.overlookedRule = long_;
        decision.overlookedDetail = long_;
        decision.cluster = long_;
        decision.upstream = long_;
        decision.query = true;
        decision.trace.of(traced(), Tracing.BEGIN, () -> -1);
        decision.clientPort = Integer.MAX_VALUE;
        decision.port = Integer.MAX_VALUE;
        decision.status = Integer.MAX_VALUE;
        decision.retries = Integer.MAX_VALUE;
        decision.requestBytes = Long.MAX_VALUE;
        decision.responseBytes = Long.MAX_VALUE;
        decision.decideNanos = Long.MAX_VALUE;
        decision.resolveNanos = Long.MAX_VALUE;
        decision.connectNanos = Long.MAX_VALUE;
        decision.firstByteNanos = Long.MAX_VALUE;
        decision.totalNanos = Long.MAX_VALUE;
        decision.failed(ProxyError.HTTP_RESPONSE_HEADER_SECTION_SIZE, long_);
        decision.end = Decision.End.CONNECT_TIMEOUT;

        JsonNode json = parsed();
        assertThat(json.get("cut").booleanValue()).isTrue();
        assertThat(json.get("path").textValue()).hasSize(2048);
        assertThat(json.get("host").textValue()).hasSize(255);
        assertThat(json.get("detail").textValue()).hasSize(256);
    }

    @Test
    void isJsonWhateverIsInIt() throws IOException {
        SplittableRandom random = new SplittableRandom(7);
        for (int round = 0; round < 2_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(40); i > 0; i--) {
                text.append((char) random.nextInt(256));
            }
            decision.path.set(text);
            decision.detail = text.reverse().toString();
            assertThat(parsed().path("path").asText("")).isEqualTo(decision.path.toString());
        }
    }

    @Test
    void makesNoGarbage() {
        var threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        decision.reset(1_000, 0);
        decision.path.set("/some/path");
        decision.rule = "allow[0]";
        decision.totalNanos = 123_456;
        for (int i = 0; i < 20_000; i++) {
            line.format(decision);
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 1_000; i++) {
            line.format(decision);
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1_000);
    }
}
