package dev.sallyport.relay.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpeningTest {
    private static Opening of(String text) {
        return of(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** It is the same wherever the bytes lie. */
    private static Opening of(byte[] bytes) {
        ByteBuf moved =
                Unpooled.buffer().writeZero(3).writeBytes(bytes).writeBytes("tail".getBytes(StandardCharsets.US_ASCII));
        ByteBuf slice = moved.slice(3, bytes.length);
        assertThat(Opening.of(slice)).isEqualTo(Opening.of(Unpooled.wrappedBuffer(bytes)));
        assertThat(slice.readerIndex()).isZero();
        return Opening.of(slice);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n",
                "GET / HTTP/1.0",
                "BREW-COFFEE /pot HTTP/1.9",
                "CONNECT shop.example:443 HTTP/1.1\r\n",
                "GET http://shop.example/ HTTP/1.1\r\n",
                "OPTIONS * HTTP/1.1\n",
                "PRI * HTTP/1.1\r\n",
                "G \"<>^ HTTP/1.\0"
            })
    void knowsRequestsByTheEndOfTheirFirstLine(String line) {
        assertThat(of(line)).isEqualTo(Opening.HTTP1);
        int enough = line.indexOf(" HTTP/1.") + " HTTP/1.".length();
        for (int length = 0; length < enough; length++) {
            assertThat(of(line.substring(0, length))).isEqualTo(Opening.UNDECIDED);
        }
    }

    @Test
    void knowsTheSecondVersionByItsWholePreface() {
        String preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
        for (int length = 0; length < preface.length(); length++) {
            assertThat(of(preface.substring(0, length))).isEqualTo(Opening.UNDECIDED);
        }
        assertThat(of(preface)).isEqualTo(Opening.HTTP2);
        assertThat(of(preface + "more")).isEqualTo(Opening.HTTP2);
        assertThat(of("PRI * HTTP/2.0\r\n\r\nSN")).isEqualTo(Opening.OTHER);
    }

    @Test
    void knowsTlsByItsFirstBytes() throws Exception {
        byte[] hello = Hellos.of("shop.example", "TLSv1.3");
        assertThat(of(hello)).isEqualTo(Opening.TLS);
        assertThat(of("\26")).isEqualTo(Opening.TLS);
        assertThat(of("\26\3")).isEqualTo(Opening.TLS);
        assertThat(of("\26\2")).isEqualTo(Opening.OTHER);
        assertThat(of("\25\3\3")).isEqualTo(Opening.OTHER);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "EHLO me.example\r\n",
                "SSH-2.0-OpenSSH_9.2\r\n",
                "PING\r\n",
                "*1\r\n$4\r\nPING\r\n",
                "get key\r\n",
                "NICK someone\r\nUSER someone 0 * :Some One\r\n",
                "GET /\r\n",
                "GET / HTTP/2.0\r\n",
                "GET / HTTP/3",
                "GET / http/1.1\r\n",
                "GET  / HTTP/1.1\r\n",
                "GET\t/ HTTP/1.1\r\n",
                "GET /  HTTP/1.1\r\n",
                "GET /a b HTTP/1.1\r\n",
                "GET /\u00e9 HTTP/1.1\r\n",
                "GE(T / HTTP/1.1\r\n",
                " GET / HTTP/1.1\r\n",
                "\r\nGET / HTTP/1.1\r\n",
                "\0\0\0\10\4\322\26\57",
                "\200\56\1\0\2"
            })
    void takesAllElseForOther(String bytes) {
        assertThat(of(bytes)).isEqualTo(Opening.OTHER);
    }

    @ParameterizedTest
    @CsvSource({"32, UNDECIDED", "33, OTHER", "5000, OTHER"})
    void wantsAMethodOfReasonableLength(int length, Opening expected) {
        assertThat(of("M".repeat(length))).isEqualTo(expected);
    }

    @Test
    void leavesLinesThatAreTooLongToTheParser() {
        String begun = "GET /" + "a".repeat(Opening.MOST_LINE);
        assertThat(of(begun.substring(0, Opening.MOST_LINE - 1))).isEqualTo(Opening.UNDECIDED);
        assertThat(of(begun.substring(0, Opening.MOST_LINE))).isEqualTo(Opening.HTTP1);
        assertThat(of("GET /" + "\r".repeat(Opening.MOST_LINE))).isEqualTo(Opening.OTHER);
    }

    /** Whoever has more bytes to come does not change what was decided. */
    @Test
    void decidesOnce() {
        Random random = new Random(7);
        List<String> parts = List.of(
                "GET",
                " ",
                "/",
                "HTTP/1.",
                "1\r\n",
                "PRI * ",
                "HTTP/2.0",
                "\r\n\r\n",
                "SM",
                "\26",
                "\3",
                "\0",
                "x",
                "\377");
        for (int run = 0; run < 5000; run++) {
            StringBuilder text = new StringBuilder();
            for (int part = random.nextInt(8); part >= 0; part--) {
                text.append(parts.get(random.nextInt(parts.size())));
            }
            Opening before = Opening.UNDECIDED;
            for (int length = 0; length <= text.length(); length++) {
                Opening now = of(text.substring(0, length));
                assertThat(before == Opening.UNDECIDED
                                || now == before
                                || before == Opening.TLS && length == 2 && now == Opening.OTHER)
                        .as("%s after %s of %s", now, before, text)
                        .isTrue();
                before = now;
            }
            assertThat(EnumSet.allOf(Opening.class)).contains(before);
        }
    }
}
