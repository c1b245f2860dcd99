package dev.sallyport.relay.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.relay.detect.ProxyHeader.Reading;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyHeaderTest {
    private static final String V4 = "0A000007 0A000001 9C40 01BB";
    private static final String V6 = "20010db8000000000000000000000007 20010db8000000000000000000000001 9C40 01BB";
    private static final String UNIX = "00".repeat(216);

    private static Reading read(ProxyHeader header, byte[] bytes) {
        ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
        Reading reading = header.read(buffer);
        assertThat(buffer.readerIndex()).isZero();
        return reading;
    }

    private static InetSocketAddress at(String address, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), port);
    }

    private static byte[] text(String line) {
        return line.replace("\\r", "\r").replace("\\n", "\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Every cut of a good header is the beginning of one, and what follows is not looked at. */
    private static ProxyHeader good(byte[] bytes) {
        for (int cut = 0; cut < bytes.length; cut++) {
            assertThat(read(new ProxyHeader(), Arrays.copyOf(bytes, cut))).isEqualTo(Reading.NEED_MORE);
        }
        ProxyHeader header = new ProxyHeader();
        byte[] more = Arrays.copyOf(bytes, bytes.length + 3);
        assertThat(read(header, more)).isEqualTo(Reading.COMPLETE);
        assertThat(header.length()).isEqualTo(bytes.length);
        return header;
    }

    @ParameterizedTest
    @CsvSource({
        "PROXY TCP4 10.0.0.7 10.0.0.1 40000 443, 10.0.0.7, 40000, 10.0.0.1, 443",
        "PROXY TCP4 255.255.255.255 0.0.0.0 65535 0, 255.255.255.255, 65535, 0.0.0.0, 0",
        "PROXY TCP6 2001:db8::7 ::1 1 2, 2001:db8::7, 1, ::1, 2",
        "PROXY TCP6 2001:DB8:0:0:0:0:0:7 2001:db8::1 1 2, 2001:db8::7, 1, 2001:db8::1, 2",
        "PROXY TCP6 ::ffff:10.0.0.7 ::ffff:a00:1 1 2, 10.0.0.7, 1, 10.0.0.1, 2",
    })
    void readsTheTextForm(String line, String from, int fromPort, String to, int toPort) {
        ProxyHeader header = good(text(line + "\r\n"));
        assertThat(header.client()).isEqualTo(at(from, fromPort));
        assertThat(header.server()).isEqualTo(at(to, toPort));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PROXY UNKNOWN\r\n",
                "PROXY UNKNOWN \r\n",
                "PROXY UNKNOWN ffff::1 whatever 1\r\n",
                "PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n"
            })
    void leavesTheAddressesOfTheUnknown(String line) {
        assertThat(good(text(line)).client()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PROXY \\r\\n",
                "PROXY TCP4\\r\\n",
                "PROXY  TCP4 10.0.0.7 10.0.0.1 1 2\\r\\n",
                "PROXY TCP4  10.0.0.7 10.0.0.1 1 2\\r\\n",
                "PROXY TCP4 10.0.0.7 10.0.0.1 1 2 \\r\\n",
                "PROXY TCP4 10.0.0.7 10.0.0.1 1 2 3\\r\\n",
                "PROXY TCP4 10.0.0.7 10.0.0.1 1\\r\\n",
                "PROXY TCP4 10.0.0.7 10.0.0.1 1 2\\n",
                "PROXY TCP4 10.0.0.7\\r10.0.0.1 1 2\\r\\n",
                "PROXY TCP4\t10.0.0.7 10.0.0.1 1 2\\r\\n",
                "PROXY TCP4 10.0.0.07 10.0.0.1 1 2\\r\\n",
                "PROXY TCP4 10.0.0.256 10.0.0.1 1 2\\r\\n",
                "PROXY TCP4 10.0.7 10.0.0.1 1 2\\r\\n",
                "PROXY TCP4 0x0a.0.0.7 10.0.0.1 1 2\\r\\n",
                "PROXY TCP4 ::1 10.0.0.1 1 2\\r\\n",
                "PROXY TCP4 10.0.0.7 ::ffff:10.0.0.1 1 2\\r\\n",
                "PROXY TCP4 shop.example 10.0.0.1 1 2\\r\\n",
                "PROXY TCP6 10.0.0.7 10.0.0.1 1 2\\r\\n",
                "PROXY TCP6 ::1 10.0.0.1 1 2\\r\\n",
                "PROXY TCP6 ::1%eth0 ::1 1 2\\r\\n",
                "PROXY TCP6 [::1] ::1 1 2\\r\\n",
                "PROXY TCP6 1::2::3 ::1 1 2\\r\\n",
                "PROXY TCP6 ::12345 ::1 1 2\\r\\n",
                "PROXY TCP4 10.0.0.7 10.0.0.1 65536 2\\r\\n",
                "PROXY TCP4 10.0.0.7 10.0.0.1 1 99999\\r\\n",
                "PROXY TCP4 10.0.0.7 10.0.0.1 100000 2\\r\\n",
                "PROXY TCP4 10.0.0.7 10.0.0.1 01 2\\r\\n",
                "PROXY TCP4 10.0.0.7 10.0.0.1 +1 2\\r\\n",
                "PROXY TCP4 10.0.0.7 10.0.0.1 -1 2\\r\\n",
                "PROXY TCP4 10.0.0.7 10.0.0.1 1 \\r\\n",
                "PROXY tcp4 10.0.0.7 10.0.0.1 1 2\\r\\n",
                "PROXY UDP4 10.0.0.7 10.0.0.1 1 2\\r\\n",
                "PROXY UNKNOWNS\\r\\n",
                "PROXY UNKNOWN\\n",
            })
    void refusesWhatIsNoTextForm(String line) {
        assertThat(read(new ProxyHeader(), text(line))).isEqualTo(Reading.MALFORMED);
    }

    @Test
    void readsNoTextFormAboveItsBound() {
        byte[] longest = text("PROXY UNKNOWN " + "x".repeat(107 - 16) + "\r\n");
        assertThat(longest).hasSize(107);
        good(longest);
        byte[] endless = text("PROXY UNKNOWN " + "x".repeat(107 - 14));
        assertThat(read(new ProxyHeader(), endless)).isEqualTo(Reading.MALFORMED);
        assertThat(read(new ProxyHeader(), text("PROXY UNKNOWN " + "x".repeat(107 - 15) + "\r\n")))
                .isEqualTo(Reading.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1",
                "PROXZ",
                "proxy TCP4",
                " PROXY",
                "PROXY\t",
                "\r\n\r\n\r",
                "\u0016\u0003\u0001",
                "\r\n\r\n\u0000\r\nQUIX"
            })
    void knowsWhatIsNoHeader(String begin) {
        assertThat(read(new ProxyHeader(), begin.getBytes(StandardCharsets.ISO_8859_1)))
                .isEqualTo(Reading.ABSENT);
    }

    @Test
    void readsTheBinaryForm() {
        ProxyHeader v4 = good(Headers.v2(0x21, 0x11, V4));
        assertThat(v4.client()).isEqualTo(at("10.0.0.7", 40_000));
        assertThat(v4.server()).isEqualTo(at("10.0.0.1", 443));
        ProxyHeader v6 = good(Headers.v2(0x21, 0x21, V6));
        assertThat(v6.client()).isEqualTo(at("2001:db8::7", 40_000));
        assertThat(v6.server()).isEqualTo(at("2001:db8::1", 443));
        String mapped = "00000000000000000000ffff0A000007 00000000000000000000ffff0A000001 9C40 01BB";
        assertThat(good(Headers.v2(0x21, 0x21, mapped)).client()).isEqualTo(at("10.0.0.7", 40_000));
    }

    /** Of the proxy itself, of no known family, by UDP, and over Unix sockets; with whatever follows. */
    @ParameterizedTest
    @CsvSource({
        "20, 00, ''",
        "20, 00, 0102030405",
        "20, 11, " + V4,
        "20, 11, 01",
        "20, 21, ''",
        "21, 00, ''",
        "21, 00, 0102030405",
        "21, 12, " + V4,
        "21, 22, " + V6,
    })
    void leavesTheAddressesOfWhatIsNoTcpConnection(String command, String family, String rest) {
        ProxyHeader header = good(Headers.v2(Integer.parseInt(command, 16), Integer.parseInt(family, 16), rest));
        assertThat(header.client()).isNull();
        assertThat(header.server()).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x31, 0x32})
    void leavesTheAddressesOfUnixSockets(int family) {
        assertThat(good(Headers.v2(0x21, family, UNIX)).client()).isNull();
        assertThat(read(new ProxyHeader(), Headers.v2(0x21, family, UNIX.substring(2))))
                .isEqualTo(Reading.MALFORMED);
    }

    @Test
    void acceptsTheCommandsAndFamiliesThatThereAreAlone() {
        for (int command = 0; command < 256; command++) {
            Reading reading = read(new ProxyHeader(), Headers.v2(command, 0x11, V4));
            assertThat(reading)
                    .as("command %x", command)
                    .isEqualTo(command == 0x20 || command == 0x21 ? Reading.COMPLETE : Reading.MALFORMED);
        }
        for (int family = 0; family < 256; family++) {
            Reading reading = read(new ProxyHeader(), Headers.v2(0x21, family, UNIX));
            boolean known =
                    Arrays.asList(0x00, 0x11, 0x12, 0x21, 0x22, 0x31, 0x32).contains(family);
            // The rest of the 216 bytes is TLVs of type 0 and length 0, or of no meaning.
            assertThat(reading).as("family %x", family).isEqualTo(known ? Reading.COMPLETE : Reading.MALFORMED);
        }
    }

    @Test
    void refusesAddressesThatAreCutShort() {
        for (int size = 0; size < 12; size++) {
            byte[] header = Headers.v2(0x21, 0x11, "00".repeat(size));
            assertThat(read(new ProxyHeader(), header)).isEqualTo(Reading.MALFORMED);
        }
        for (int size = 0; size < 36; size++) {
            byte[] header = Headers.v2(0x21, 0x21, "00".repeat(size));
            assertThat(read(new ProxyHeader(), header)).isEqualTo(Reading.MALFORMED);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "04 0000",
                "04 0003 000000",
                "01 0002 6832 02 0004 73686f70",
                "20 0005 01 00000000",
                "20 000f 01 00000000 21 0007 544c5376312e33",
                "EA 0001 00 EE 0000",
            })
    void passesOverSoundTlvs(String tlvs) {
        assertThat(good(Headers.v2(0x21, 0x11, V4 + tlvs)).client()).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "04",
                "04 00",
                "04 0001",
                "04 0002 00",
                "04 ffff 00",
                "04 0000 04",
                "03 0004 00000000",
                "03 0003 000000",
                "03 0005 0000000000",
                "20 0004 01000000",
                "20 0006 01 00000000 21",
                "20 0008 01 00000000 21 0001",
            })
    void refusesTlvsThatGoBeyondTheirBounds(String tlvs) {
        assertThat(read(new ProxyHeader(), Headers.v2(0x21, 0x11, V4 + tlvs))).isEqualTo(Reading.MALFORMED);
    }

    @Test
    void checksTheChecksum() {
        byte[] header =
                Headers.checked(Headers.v2(0x21, 0x11, V4 + "04 0000 03 0004 00000000 04 0001 07"), 16 + 12 + 6);
        good(header);
        for (int i = 14; i < header.length; i++) {
            byte[] changed = header.clone();
            changed[i] ^= 1;
            if (i == 16 + 12 + 3) {
                // The checksum itself became something else.
                continue;
            }
            assertThat(read(new ProxyHeader(), changed)).as("byte %d", i).isNotEqualTo(Reading.COMPLETE);
        }
        byte[] twice = Headers.v2(0x21, 0x11, V4 + "03 0004 00000000 03 0004 00000000");
        assertThat(read(new ProxyHeader(), Headers.checked(twice, 16 + 12 + 3))).isEqualTo(Reading.MALFORMED);
    }

    @Test
    void readsNoBinaryFormAboveItsBound() {
        int most = ProxyHeader.MOST_BYTES - 16 - 12 - 3;
        good(Headers.v2(0x21, 0x11, V4 + "04" + "%04x".formatted(most) + "00".repeat(most)));
        byte[] larger = Headers.v2(0x21, 0x11, V4 + "04" + "%04x".formatted(most + 1) + "00".repeat(most + 1));
        assertThat(read(new ProxyHeader(), Arrays.copyOf(larger, 16))).isEqualTo(Reading.MALFORMED);
    }
}
