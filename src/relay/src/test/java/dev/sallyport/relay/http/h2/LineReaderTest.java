package dev.sallyport.relay.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.relay.http.Head;
import dev.sallyport.relay.http.TrailerHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocks read beside Netty's decoder. */
class LineReaderTest {
    private final SplittableRandom random = new SplittableRandom(7541);
    private final Ours ours = new Ours();
    private final Nettys nettys = new Nettys();

    /** Thousands of blocks of one connection, so that its table turns over many times. */
    @ParameterizedTest
    @ValueSource(ints = {0, 100, 1000, 4096})
    void readsWhatNettyWrites(int table) throws Exception {
        DefaultHttp2HeadersEncoder encoder = encoder();
        encoder.maxHeaderTableSize(table);
        for (int i = 0; i < 3_000; i++) {
            Http2Headers headers = new DefaultHttp2Headers(false);
            for (int left = random.nextInt(8); left >= 0; left--) {
                headers.add("x-" + text(random.nextInt(12)), text(random.nextInt(40) * random.nextInt(40)));
            }
            headers.add("accept-encoding", "gzip, deflate").add("date", text(3)).add("same", "value");
            ByteBuf block = Unpooled.buffer();
            encoder.encodeHeaders(1, headers, block);
            assertThat(ours.read(block.duplicate())).isNotNull().isEqualTo(nettys.read(block));
        }
    }

    /** One that codes all strings. */
    private static DefaultHttp2HeadersEncoder encoder() {
        return new DefaultHttp2HeadersEncoder(Http2HeadersEncoder.NEVER_SENSITIVE, false, 16, 0);
    }

    private String text(int length) {
        StringBuilder text = new StringBuilder();
        boolean plain = random.nextBoolean();
        for (int i = 0; i < length; i++) {
            text.append((char) (plain ? 'a' + random.nextInt(26) : random.nextInt(256)));
        }
        return text.toString();
    }

    /** What is broken for Netty is broken here, and the rest says the same. */
    @Test
    void agreesWithNettyOnNoise() throws Exception {
        DefaultHttp2HeadersEncoder encoder = encoder();
        int sound = 0;
        for (int i = 0; i < 30_000; i++) {
            Http2Headers headers = new DefaultHttp2Headers(false);
            headers.add(text(random.nextInt(6)), text(random.nextInt(20))).add(":path", text(5));
            ByteBuf block = Unpooled.buffer();
            encoder.encodeHeaders(1, headers, block);
            for (int left = random.nextInt(4); left > 0; left--) {
                block.setByte(random.nextInt(block.writerIndex()), random.nextInt(256));
            }
            Ours fresh = new Ours();
            List<String> told = fresh.read(block.duplicate());
            assertThat(told).as(ByteBufUtil.hexDump(block)).isEqualTo(new Nettys().read(block.duplicate()));
            sound += told == null ? 0 : 1;
        }
        assertThat(sound).isBetween(6_000, 27_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "80", // no field 0
                "be", // the table is empty
                "7f", // a number that does not end
                "7fffffffffffff", // a number too large
                "0081", // a string that does not end
                "000a61", // a string longer than the block
                "3fe21f", // a table larger than was offered
                "8220", // a table's size after a field
                "000084ffffffff", // the code of the end
                "0000821fff", // padding of more than 7 bits
                "00008100", // padding with zeros
            })
    void tellsBrokenBlocks(String hex) {
        assertThat(ours.read(Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex))))
                .isNull();
    }

    private static final class Ours implements LineReader.Lines {
        private final LineReader reader = new LineReader(this);
        private List<String> told = new ArrayList<>();

        @Nullable
        List<String> read(ByteBuf block) {
            told = new ArrayList<>();
            return reader.read(block, new TrailerHead()) ? told : null;
        }

        @Override
        public boolean wants(int bytes) {
            return true;
        }

        @Override
        public void line(Head head, int start, int nameLength, int valueLength) {
            assertThat(start + nameLength + 2 + valueLength).isEqualTo(head.filled());
            told.add(new String(head.bytes(), start, nameLength + 2 + valueLength, StandardCharsets.ISO_8859_1));
        }
    }

    private static final class Nettys {
        private List<String> told = new ArrayList<>();
        private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false, false, 0xFFFFFFFFL) {
            @Override
            protected Http2Headers newHeaders() {
                return new DefaultHttp2Headers(false, false, 2) {
                    @Override
                    public Http2Headers add(CharSequence name, CharSequence value) {
                        told.add(name + ": " + value);
                        return this;
                    }
                };
            }
        };

        @Nullable
        List<String> read(ByteBuf block) {
            told = new ArrayList<>();
            try {
                decoder.decodeHeaders(1, block);
                return told;
            } catch (Http2Exception e) {
                return null;
            }
        }
    }
}
