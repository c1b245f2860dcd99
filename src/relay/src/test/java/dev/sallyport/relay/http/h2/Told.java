package dev.sallyport.relay.http.h2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Frames as a reader tells them, in words; parts of one stream's data joined, as where they were cut says nothing. */
final class Told implements FrameSink {
    private final List<String> all = new ArrayList<>();
    private final FrameReader reader;
    private String data = "";

    Told(int blockBytes) {
        reader = new FrameReader(UnpooledByteBufAllocator.DEFAULT, blockBytes, this);
    }

    /** Reads pieces as a connection does: what is not taken comes again with what follows. */
    static List<String> of(int blockBytes, byte[]... pieces) {
        Told told = new Told(blockBytes);
        ByteBuf waiting = Unpooled.buffer();
        for (byte[] piece : pieces) {
            waiting.writeBytes(piece);
            Breach breach = told.reader.read(waiting);
            if (breach != null) {
                told.flushData();
                told.all.add("breach " + breach);
                break;
            }
        }
        told.flushData();
        told.reader.stop();
        return told.all;
    }

    private void flushData() {
        if (!data.isEmpty()) {
            all.add(data);
            data = "";
        }
    }

    private Breach tell(String what) {
        flushData();
        all.add(what);
        return null;
    }

    @Override
    public Breach data(int stream, ByteBuf in, int length, int flow, boolean end) {
        String text = in.readCharSequence(length, StandardCharsets.ISO_8859_1).toString();
        String start = "data " + stream + " ";
        if (!data.startsWith(start)) {
            flushData();
            data = start;
        }
        data += text + "*".repeat(flow - length);
        if (end) {
            tell("end " + stream);
        }
        return null;
    }

    @Override
    public Breach headers(int stream, ByteBuf block, boolean end, boolean selfDependent) {
        return tell("headers " + stream + " " + block.toString(StandardCharsets.ISO_8859_1) + (end ? " end" : "")
                + (selfDependent ? " self" : ""));
    }

    @Override
    public Breach priority(int stream) {
        return tell("priority " + stream);
    }

    @Override
    public Breach reset(int stream, ErrorCode code) {
        return tell("reset " + stream + " " + code);
    }

    @Override
    public Breach setting(int id, long value) {
        return tell("setting " + id + "=" + value);
    }

    @Override
    public Breach settingsEnd() {
        return tell("settings");
    }

    @Override
    public Breach settingsAck() {
        return tell("settings ack");
    }

    @Override
    public Breach ping(boolean ack, long data) {
        return tell("ping " + ack + " " + data);
    }

    @Override
    public Breach goAway(int lastStream, ErrorCode code) {
        return tell("goaway " + lastStream + " " + code);
    }

    @Override
    public Breach windowUpdate(int stream, int increment) {
        return tell("window " + stream + " +" + increment);
    }

    @Override
    public Breach unknown(int type) {
        return tell("unknown " + type);
    }
}
