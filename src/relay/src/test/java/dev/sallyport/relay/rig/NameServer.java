package dev.sallyport.relay.rig;

import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A name server with IPv4 addresses for some names. To other names it answers that they do not exist; to {@code silent.test} nothing. */
public final class NameServer implements AutoCloseable {
    private static final int TYPE_A = 1;
    private static final int NXDOMAIN = 3;

    private final DatagramSocket socket;
    private final Map<String, List<String>> names;
    private final AtomicInteger queries = new AtomicInteger();

    public NameServer(Map<String, List<String>> names) {
        try {
            this.names = names;
            socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
            Thread.ofVirtual().start(this::serve);
        } catch (SocketException e) {
            throw new UncheckedIOException(e);
        }
    }

    public DnsServerAddressStreamProvider provider() {
        return new SequentialDnsServerAddressStreamProvider((InetSocketAddress) socket.getLocalSocketAddress());
    }

    /** How many queries for IPv4 addresses came. */
    public int queries() {
        return queries.get();
    }

    private void serve() {
        try {
            while (true) {
                DatagramPacket query = new DatagramPacket(new byte[1500], 1500);
                socket.receive(query);
                byte[] answer = answer(query.getData());
                if (answer.length > 0) {
                    socket.send(new DatagramPacket(answer, answer.length, query.getSocketAddress()));
                }
            }
        } catch (IOException e) {
            // closed
        }
    }

    private byte[] answer(byte[] query) throws IOException {
        StringBuilder name = new StringBuilder();
        int at = 12;
        while (query[at] != 0) {
            name.append(new String(query, at + 1, query[at], StandardCharsets.ISO_8859_1))
                    .append('.');
            at += query[at] + 1;
        }
        name.setLength(name.length() - 1);
        int type = query[at + 2];
        int questionEnd = at + 5;
        if (name.toString().equals("silent.test")) {
            return new byte[0];
        }
        if (type == TYPE_A) {
            queries.incrementAndGet();
        }
        List<String> known = names.get(name.toString());
        List<String> addresses = type == TYPE_A && known != null ? known : List.of();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(query, 0, 2);
        out.writeShort(0x8180 | (known == null ? NXDOMAIN : 0));
        out.writeShort(1);
        out.writeShort(addresses.size());
        out.writeShort(0);
        out.writeShort(0);
        out.write(query, 12, questionEnd - 12);
        for (String address : addresses) {
            out.writeShort(0xC00C);
            out.writeShort(TYPE_A);
            out.writeShort(1);
            out.writeInt(60);
            out.writeShort(4);
            out.write(InetAddress.ofLiteral(address).getAddress());
        }
        return bytes.toByteArray();
    }

    @Override
    public void close() {
        socket.close();
    }
}
