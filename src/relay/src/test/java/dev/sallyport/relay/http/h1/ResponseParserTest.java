package dev.sallyport.relay.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.relay.http.Fault;
import dev.sallyport.relay.http.Framing;
import dev.sallyport.relay.http.HeadLimits;
import dev.sallyport.relay.http.Method;
import dev.sallyport.relay.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponseParserTest {
    private static ResponseParser parse(Method method, String text) {
        Fault whole = null;
        ResponseParser parser = new ResponseParser(new ResponseHead(), HeadLimits.DEFAULT);
        for (int cut = text.length(); cut >= 0; cut--) {
            parser = new ResponseParser(new ResponseHead(), HeadLimits.DEFAULT);
            parser.answers(method);
            parser.parse(Unpooled.wrappedBuffer(Transcript.bytes(text.substring(0, cut))));
            Progress progress = parser.parse(Unpooled.wrappedBuffer(Transcript.bytes(text.substring(cut))));
            assertThat(progress).isNotEqualTo(Progress.NEED_MORE);
            if (cut == text.length()) {
                whole = parser.fault();
            }
            assertThat(parser.fault()).isEqualTo(whole);
        }
        return parser;
    }

    private static ResponseHead head(Method method, String text) {
        ResponseParser parser = parse(method, text);
        assertThat(parser.fault()).isNull();
        return parser.head();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET     | 200 | Content-Length: 5          | LENGTH",
                "GET     | 200 | Content-Length: 0          | LENGTH",
                "GET     | 200 | Transfer-Encoding: chunked | CHUNKED",
                "GET     | 200 |                            | UNTIL_CLOSE",
                "GET     | 999 |                            | UNTIL_CLOSE",
                "HEAD    | 200 | Content-Length: 5          | NONE",
                "HEAD    | 200 | Transfer-Encoding: chunked | NONE",
                "HEAD    | 200 |                            | NONE",
                "GET     | 100 | Content-Length: 0          | NONE",
                "GET     | 101 |                            | NONE",
                "GET     | 103 |                            | NONE",
                "GET     | 204 | Content-Length: 0          | NONE",
                "GET     | 204 | Transfer-Encoding: chunked | NONE",
                "GET     | 304 | Content-Length: 5          | NONE",
                "CONNECT | 200 | Content-Length: 5          | NONE",
                "CONNECT | 299 | Transfer-Encoding: gzip    | NONE",
                "CONNECT | 403 | Content-Length: 5          | LENGTH",
                "CONNECT | 407 |                            | UNTIL_CLOSE",
                "OTHER   | 205 | Content-Length: 0          | LENGTH",
            })
    void framingFollowsMethodAndStatus(Method method, int status, String field, Framing framing) {
        String line = field == null ? "" : field + "\r\n";
        assertThat(head(method, "HTTP/1.1 " + status + " x\r\n" + line + "\r\n").framing())
                .isEqualTo(framing);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Content-Length: 5^Content-Length: 5         | CONTENT_LENGTH_REPEATED",
                "Content-Length: 5, 5                        | CONTENT_LENGTH",
                "Content-Length: -1                          | CONTENT_LENGTH",
                "Content-Length: 5^Transfer-Encoding: chunked | LENGTH_AND_CODING",
                "Transfer-Encoding: gzip, chunked            | TRANSFER_CODING_UNSUPPORTED",
                "Transfer-Encoding: gzip                     | TRANSFER_CODING",
                "A : b                                       | FIELD_NAME",
                "Connection: a b                             | CONNECTION",
            })
    void aBrokenFramingIsAFault(String fields, Fault fault) {
        String text = "HTTP/1.1 200 OK\r\n" + fields.replace("^", "\r\n") + "\r\n\r\n";
        assertThat(parse(Method.GET, text).fault()).isEqualTo(fault);
        assertThat(parse(Method.HEAD, text).fault()).isEqualTo(fault);
    }

    @Test
    void noBodyIsTakenOnTrustWhereThereCanBeNone() {
        assertThat(parse(Method.GET, "HTTP/1.1 103 x\r\nContent-Length: 5\r\n\r\n")
                        .fault())
                .isEqualTo(Fault.INTERIM_BODY);
        assertThat(parse(Method.GET, "HTTP/1.1 101 x\r\nTransfer-Encoding: chunked\r\n\r\n")
                        .fault())
                .isEqualTo(Fault.INTERIM_BODY);
        assertThat(head(Method.GET, "HTTP/1.1 204 x\r\nContent-Length: 5\r\n\r\n")
                        .persistent())
                .isFalse();
        assertThat(head(Method.GET, "HTTP/1.1 204 x\r\nTransfer-Encoding: chunked\r\n\r\n")
                        .persistent())
                .isFalse();
        assertThat(head(Method.GET, "HTTP/1.1 204 x\r\nContent-Length: 0\r\n\r\n")
                        .persistent())
                .isTrue();
        assertThat(head(Method.GET, "HTTP/1.1 304 x\r\nContent-Length: 5\r\n\r\n")
                        .persistent())
                .isTrue();
    }

    @Test
    void transferCodingsAreNotForVersion10() {
        assertThat(parse(Method.GET, "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                        .fault())
                .isEqualTo(Fault.TRANSFER_CODING_IN_1_0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'HTTP/1.1 200 OK'        | 200 | OK",
                "'HTTP/1.0 404 Not Found' | 404 | Not Found",
                "'HTTP/1.1 200 '          | 200 | ''",
                "'HTTP/1.1 200'           | 200 | ''",
                "'HTTP/1.1 200  a\u00e9\tb' | 200 | ' a\u00e9\tb'",
                "'HTTP/1.1 599 '          | 599 | ''",
            })
    void readsTheStatusLine(String line, int status, String reason) {
        ResponseHead head = head(Method.GET, line + "\r\n\r\n");
        assertThat(head.status()).isEqualTo(status);
        assertThat(head.reason()).hasToString(reason);
        assertThat(head.minorVersion()).isEqualTo(line.charAt(7) - '0');
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                       | STATUS_LINE",
                "'HTTP/1.1'               | STATUS_LINE",
                "'HTTP/1.1 20'            | STATUS_LINE",
                "'HTTP/1.1 099 x'         | STATUS_LINE",
                "'HTTP/1.1 2000'          | STATUS_LINE",
                "'HTTP/1.1 2x0 OK'        | STATUS_LINE",
                "'HTTP/1.1 +20 OK'        | STATUS_LINE",
                "'HTTP/1.1  200 OK'       | STATUS_LINE",
                "'HTTP/1.1\t200 OK'       | STATUS_LINE",
                "'HTTP/1.1 200\tOK'       | STATUS_LINE",
                "'HTTP/1.1 200 \u0001'    | STATUS_LINE",
                "'HTTP/1.1 200 a\rb'      | STATUS_LINE",
                "'ICY 200 OK'             | STATUS_LINE",
                "' HTTP/1.1 200 OK'       | STATUS_LINE",
                "'http/1.1 200 OK'        | STATUS_LINE",
                "'HTTP/2.0 200 OK'        | VERSION",
                "'HTTP/1.2 200 OK'        | VERSION",
            })
    void refusesAnyOtherStatusLine(String line, Fault fault) {
        assertThat(parse(Method.GET, line + "\r\n\r\n").fault()).isEqualTo(fault);
    }

    @Test
    void saysWhetherTheConnectionStaysOpen() {
        assertThat(head(Method.GET, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                        .persistent())
                .isTrue();
        assertThat(head(Method.GET, "HTTP/1.1 200 OK\r\n\r\n").persistent()).isFalse();
        assertThat(head(Method.GET, "HTTP/1.1 101 x\r\n\r\n").persistent()).isFalse();
        assertThat(head(Method.GET, "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n")
                        .persistent())
                .isFalse();
        assertThat(head(Method.GET, "HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n")
                        .persistent())
                .isTrue();
        assertThat(head(Method.GET, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                        .persistent())
                .isFalse();
    }

    @Test
    void readsInterimResponsesBeforeTheFinalOne() {
        ResponseParser parser = new ResponseParser(new ResponseHead(), HeadLimits.DEFAULT);
        parser.answers(Method.POST);
        ByteBuf in = Unpooled.wrappedBuffer(Transcript.bytes(
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 \r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"));
        for (int status : new int[] {100, 103, 200}) {
            assertThat(parser.parse(in)).isEqualTo(Progress.COMPLETE);
            assertThat(parser.head().status()).isEqualTo(status);
            assertThat(parser.head().interim()).isEqualTo(status < 200);
            parser.reset();
        }
    }
}
