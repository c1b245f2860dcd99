package dev.sallyport.relay.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.relay.detect.ClientHello.Reading;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientHelloTest {
    private static final int ECDSA_P256 = 0x0403;

    private final ClientHello hello = new ClientHello();

    @Test
    void readsTheServerNameInLowerCase() throws Exception {
        assertThat(read(Hellos.of("Shop.Example", "TLSv1.3", "TLSv1.2"))).isEqualTo(Reading.COMPLETE);
        assertThat(hello.serverName()).isEqualTo("shop.example");
    }

    @Test
    void readsAHelloWithoutAName() throws Exception {
        assertThat(read(Hellos.of("", "TLSv1.2"))).isEqualTo(Reading.COMPLETE);
        assertThat(hello.serverName()).isEmpty();
    }

    @Test
    void knowsWhetherAnEcdsaCertificateWillDo() throws Exception {
        read(Hellos.of("a.example", "TLSv1.3"));
        assertThat(hello.takesEcdsa(ECDSA_P256)).isTrue();
        assertThat(hello.takesEcdsa(0x0499)).isFalse();
        read(Hellos.of("a.example", "TLSv1.2"));
        assertThat(hello.takesEcdsa(ECDSA_P256)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7, 100})
    void readsAMessageInManyRecords(int size) throws Exception {
        byte[] parts = Hellos.inRecordsOf(size, Hellos.of("shop.example", "TLSv1.3"));
        assertThat(read(parts)).isEqualTo(Reading.COMPLETE);
        assertThat(hello.serverName()).isEqualTo("shop.example");
    }

    @Test
    void waitsForEachByte() throws Exception {
        for (byte[] whole : new byte[][] {
            Hellos.of("shop.example", "TLSv1.3"), Hellos.inRecordsOf(5, Hellos.of("shop.example", "TLSv1.2"))
        }) {
            for (int i = 0; i < whole.length; i++) {
                assertThat(read(Arrays.copyOf(whole, i))).as("%d bytes", i).isEqualTo(Reading.NEED_MORE);
            }
            assertThat(read(whole)).isEqualTo(Reading.COMPLETE);
        }
    }

    @Test
    void leavesTheBytesWhereTheyAre() throws Exception {
        byte[] whole = Hellos.of("shop.example", "TLSv1.3");
        var bytes = Unpooled.buffer().writeZero(9).writeBytes(whole).skipBytes(9);
        assertThat(hello.read(bytes)).isEqualTo(Reading.COMPLETE);
        assertThat(bytes.readableBytes()).isEqualTo(whole.length);
        assertThat(hello.serverName()).isEqualTo("shop.example");
    }

    @Test
    void tellsWhatIsNotTls() {
        assertThat(read("GET / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo(Reading.NOT_TLS);
        assertThat(read(new byte[] {22, 2})).isEqualTo(Reading.NOT_TLS);
        assertThat(read(new byte[] {21, 3, 1, 0, 2, 2, 40})).isEqualTo(Reading.NOT_TLS);
    }

    @Test
    void refusesAnotherMessage() throws Exception {
        byte[] other = Hellos.of("shop.example", "TLSv1.3");
        other[5] = 2;
        assertThat(read(other)).isEqualTo(Reading.MALFORMED);
        assertThat(read(Arrays.copyOf(other, 6))).isEqualTo(Reading.MALFORMED);
    }

    @Test
    void refusesAnEmptyRecord() {
        assertThat(read(new byte[] {22, 3, 1, 0, 0})).isEqualTo(Reading.MALFORMED);
    }

    @Test
    void refusesWhatFollowsInTheRecord() throws Exception {
        byte[] good = Hellos.of("shop.example", "TLSv1.3");
        byte[] more = Arrays.copyOf(good, good.length + 1);
        more[4]++;
        assertThat(read(more)).isEqualTo(Reading.MALFORMED);
    }

    @Test
    void refusesLengthsThatDoNotFit() throws Exception {
        byte[] good = Hellos.of("shop.example", "TLSv1.3", "TLSv1.2");
        int session = 5 + 4 + 2 + 32;
        for (int at : new int[] {session, session + 33, session + 34}) {
            byte[] bad = good.clone();
            bad[at] = (byte) 0xFF;
            assertThat(read(bad)).as("byte %d", at).isEqualTo(Reading.MALFORMED);
        }
    }

    @Test
    void refusesANameThatIsNone() throws Exception {
        byte[] hello = Hellos.of("shop.example", "TLSv1.3");
        String text = new String(hello, StandardCharsets.ISO_8859_1);
        for (String bad : new String[] {"shop\0example", "shop example", "shop/example", "shop\nexample"}) {
            assertThat(read(text.replace("shop.example", bad).getBytes(StandardCharsets.ISO_8859_1)))
                    .as(bad)
                    .isEqualTo(Reading.MALFORMED);
        }
    }

    @Test
    void refusesWhatIsTooLarge() {
        assertThat(read(new byte[] {22, 3, 1, 0x10, 0, 1, 0, 0x40, 1})).isEqualTo(Reading.TOO_LARGE);
        assertThat(read(new byte[] {22, 3, 1, 0x40, 1, 1})).isEqualTo(Reading.TOO_LARGE);
        byte[] drip = new byte[ClientHello.MOST_BYTES + 6];
        for (int i = 0; i + 6 <= drip.length; i += 6) {
            System.arraycopy(new byte[] {22, 3, 1, 0, 1, i == 0 ? (byte) 1 : 0}, 0, drip, i, 6);
        }
        drip[3 * 6 + 5] = (byte) 0xFF;
        drip[2 * 6 + 5] = (byte) 0x3F;
        assertThat(read(drip)).isEqualTo(Reading.TOO_LARGE);
    }

    private Reading read(byte[] bytes) {
        return hello.read(Unpooled.wrappedBuffer(bytes));
    }
}
