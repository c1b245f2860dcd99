package dev.sallyport.relay.detect;

import java.nio.ByteBuffer;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/** First messages of clients that speak TLS, as the JDK writes them. */
public final class Hellos {
    private Hellos() {}

    /** @param serverName empty: none */
    public static byte[] of(String serverName, String... versions) throws Exception {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine();
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(versions);
        if (!serverName.isEmpty()) {
            parameters.setServerNames(List.of(new SNIHostName(serverName)));
        }
        engine.setSSLParameters(parameters);
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), out);
        byte[] hello = new byte[out.flip().remaining()];
        out.get(hello);
        return hello;
    }

    /** The same message in records of a few bytes each. */
    public static byte[] inRecordsOf(int size, byte[] hello) {
        int length = hello.length - 5;
        int records = (length + size - 1) / size;
        ByteBuffer out = ByteBuffer.allocate(length + 5 * records);
        for (int at = 0; at < length; at += size) {
            int part = Math.min(size, length - at);
            out.put((byte) 22).put((byte) 3).put((byte) 1).putShort((short) part);
            out.put(hello, 5 + at, part);
        }
        return out.array();
    }
}
