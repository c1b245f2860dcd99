package dev.sallyport.relay.record;

import dev.sallyport.model.role.ProxyError;
import dev.sallyport.relay.trace.Trace;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;

/**
 * Formats decisions as lines of JSON, all ASCII: what is not printable is escaped, each byte that a client sent as one
 * ISO-8859-1 character. It is used again and again and makes no garbage.
 */
final class JsonLine {
    /** The most characters that a name of the configuration, a detail or an address has. */
    private static final int LONGEST = 256;

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    /** Has room for the longest line: see {@link Text}'s limits and {@link #LONGEST}, six bytes a character. */
    private final byte[] line = new byte[1 << 15];

    private int length;

    /** The second that {@link #stamp} shows. */
    private long second = Long.MIN_VALUE;

    private byte[] stamp = new byte[0];

    /** The buffer that was formatted into. */
    byte[] bytes() {
        return line;
    }

    /** The length of the line, line feed included. */
    int length() {
        return length;
    }

    void format(Decision d) {
        length = 0;
        raw("{\"time\":\"");
        time(d.startMillis);
        raw("\",\"kind\":\"");
        raw(d.kind.token());
        raw(
                switch (d.role) {
                    case FORWARD -> "\",\"role\":\"forward\"";
                    case REVERSE -> "\",\"role\":\"reverse\"";
                });
        string(",\"listener\":", d.listener);
        string(",\"client\":", d.clientAddress);
        number(",\"clientPort\":", d.clientPort);
        string(",\"original\":", d.original);
        string(",\"tls\":", d.tls);
        string(",\"serverName\":", d.serverName);
        string(",\"clientSubject\":", d.clientSubject);
        string(",\"protocol\":", d.protocol);
        text(",\"method\":", d.method);
        string(",\"scheme\":", d.scheme);
        text(",\"host\":", d.host);
        number(",\"port\":", d.port);
        text(",\"path\":", d.path);
        flag(",\"query\":true", d.query);
        flag(",\"cut\":true", d.method.cut() || d.host.cut() || d.path.cut());
        trace(d.trace);
        raw(d.allowed ? ",\"verdict\":\"allowed\"" : ",\"verdict\":\"refused\"");
        string(",\"policy\":", d.policy);
        string(",\"rule\":", d.rule);
        string(",\"overlookedRule\":", d.overlookedRule);
        string(",\"overlookedDetail\":", d.overlookedDetail);
        number(",\"status\":", d.status);
        string(",\"cluster\":", d.cluster);
        string(",\"upstream\":", d.upstream);
        number(",\"retries\":", d.retries);
        raw(",\"requestBytes\":");
        digits(d.requestBytes);
        raw(",\"responseBytes\":");
        digits(d.responseBytes);
        millis(",\"decideMs\":", d.decideNanos);
        millis(",\"resolveMs\":", d.resolveNanos);
        millis(",\"connectMs\":", d.connectNanos);
        millis(",\"firstByteMs\":", d.firstByteNanos);
        millis(",\"totalMs\":", d.totalNanos);
        ProxyError error = d.error;
        if (error != null) {
            string(",\"error\":", error.token());
        }
        string(",\"detail\":", d.detail);
        raw(",\"end\":\"");
        raw(d.end.token());
        raw("\"}\n");
    }

    private void flag(String asIs, boolean set) {
        if (set) {
            raw(asIs);
        }
    }

    private void trace(Trace trace) {
        if (trace.span() == 0) {
            return;
        }
        raw(",\"trace\":\"");
        hex(trace.high());
        hex(trace.low());
        raw("\",\"span\":\"");
        hex(trace.span());
        if (trace.parent() != 0) {
            raw("\",\"parent\":\"");
            hex(trace.parent());
        }
        octet('"');
    }

    private void hex(long value) {
        for (int shift = 60; shift >= 0; shift -= 4) {
            octet(HEX[(int) (value >>> shift) & 0xf]);
        }
    }

    private void number(String name, long value) {
        if (value > 0) {
            raw(name);
            digits(value);
        }
    }

    private void millis(String name, long nanos) {
        if (nanos != Decision.NONE) {
            raw(name);
            long micros = Math.max(0, TimeUnit.NANOSECONDS.toMicros(nanos));
            digits(micros / 1000);
            octet('.');
            padded((int) (micros % 1000));
        }
    }

    private void string(String name, String value) {
        int most = Math.min(value.length(), LONGEST);
        if (most > 0) {
            raw(name);
            octet('"');
            for (int i = 0; i < most; i++) {
                character(value.charAt(i));
            }
            octet('"');
        }
    }

    private void text(String name, Text value) {
        if (value.length() > 0) {
            raw(name);
            octet('"');
            for (int i = 0; i < value.length(); i++) {
                character(value.at(i));
            }
            octet('"');
        }
    }

    private void character(int c) {
        if (c == '"' || c == '\\') {
            octet('\\');
            octet(c);
        } else if (c >= ' ' && c < 0x7f) {
            octet(c);
        } else {
            octet('\\');
            octet('u');
            for (int shift = 12; shift >= 0; shift -= 4) {
                octet(HEX[c >> shift & 0xf]);
            }
        }
    }

    private void time(long millis) {
        long now = Math.floorDiv(millis, 1000L);
        if (now != second) {
            second = now;
            stamp = LocalDateTime.ofEpochSecond(now, 0, ZoneOffset.UTC)
                    .withNano(1_000_000)
                    .toString()
                    .substring(0, "2026-01-01T00:00:00".length())
                    .getBytes(StandardCharsets.US_ASCII);
        }
        System.arraycopy(stamp, 0, line, length, stamp.length);
        length += stamp.length;
        octet('.');
        padded((int) Math.floorMod(millis, 1000L));
        octet('Z');
    }

    /** Three digits. */
    private void padded(int value) {
        octet('0' + value / 100);
        octet('0' + value / 10 % 10);
        octet('0' + value % 10);
    }

    private void digits(long value) {
        long rest = Math.max(0, value);
        int end = length;
        for (long left = rest; left >= 10; left /= 10) {
            end++;
        }
        length = end + 1;
        for (int at = end; ; at--) {
            line[at] = (byte) ('0' + rest % 10);
            rest /= 10;
            if (rest == 0) {
                return;
            }
        }
    }

    @SuppressWarnings("deprecation") // getBytes of ASCII into place, without a copy
    private void raw(String ascii) {
        ascii.getBytes(0, ascii.length(), line, length);
        length += ascii.length();
    }

    private void octet(int c) {
        line[length++] = (byte) c;
    }
}
