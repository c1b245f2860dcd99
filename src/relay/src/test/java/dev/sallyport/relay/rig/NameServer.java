package dev.sallyport.relay.rig;

import dev.sallyport.relay.upstream.names.ResolverSettings;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A name server with addresses of either family for some names. To other names it answers that they do not exist; to
 * {@code silent.test} nothing; and what is asked below {@code long.test} over UDP, that the answer is too long for it.
 */
public final class NameServer implements AutoCloseable {
    private static final int TYPE_A = 1;
    private static final int TYPE_AAAA = 28;
    private static final int SERVFAIL = 2;
    private static final int NXDOMAIN = 3;
    private static final int TRUNCATED = 0x0200;

    private final DatagramSocket socket;
    private final ServerSocket server;
    private final Map<String, List<String>> names;
    private final AtomicInteger queries = new AtomicInteger();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final Set<String> silent = ConcurrentHashMap.newKeySet();
    private volatile boolean failing;

    public NameServer(Map<String, List<String>> names) {
        try {
            this.names = names;
            server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
            socket = new DatagramSocket(server.getLocalPort(), InetAddress.getLoopbackAddress());
            Thread.ofVirtual().start(this::serve);
            Thread.ofVirtual().start(this::serveTcp);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        silent.add("silent.test");
    }

    /** Asks it alone, for both families, without a search list. */
    public ResolverSettings provider() {
        return provider(List.of());
    }

    public ResolverSettings provider(List<String> search) {
        return new ResolverSettings(List.of(address()), search, true);
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    /** How many queries for IPv4 addresses came. */
    public int queries() {
        return queries.get();
    }

    /** The names that were asked for, each with its type, in the order in which they came. */
    public List<String> asked() {
        return asked;
    }

    /** From now on answers that it cannot say, or no longer. */
    public void failing(boolean now) {
        failing = now;
    }

    /** Says nothing any more to a question such as {@code a.test AAAA}. */
    public void silence(String question) {
        silent.add(question);
    }

    private void serve() {
        try {
            while (true) {
                DatagramPacket query = new DatagramPacket(new byte[1500], 1500);
                socket.receive(query);
                byte[] answer = answer(Arrays.copyOf(query.getData(), query.getLength()), true);
                if (answer.length > 0) {
                    socket.send(new DatagramPacket(answer, answer.length, query.getSocketAddress()));
                }
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serveTcp() {
        while (true) {
            try (Socket asking = server.accept()) {
                DataInputStream in = new DataInputStream(asking.getInputStream());
                byte[] query = in.readNBytes(in.readUnsignedShort());
                byte[] answer = answer(query, false);
                DataOutputStream out = new DataOutputStream(asking.getOutputStream());
                out.writeShort(answer.length);
                out.write(answer);
                out.flush();
                in.read();
            } catch (IOException e) {
                if (server.isClosed()) {
                    return;
                }
            }
        }
    }

    private byte[] answer(byte[] query, boolean udp) throws IOException {
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
        String question = name + (type == TYPE_A ? " A" : " AAAA");
        asked.add(question);
        if (silent.contains(name.toString()) || silent.contains(question)) {
            return new byte[0];
        }
        if (type == TYPE_A) {
            queries.incrementAndGet();
        }
        List<String> known = names.get(name.toString());
        int octets = type == TYPE_A ? 4 : 16;
        List<byte[]> addresses = known == null || failing
                ? List.of()
                : known.stream()
                        .map(literal -> InetAddress.ofLiteral(literal).getAddress())
                        .filter(address -> address.length == octets && (type == TYPE_A || type == TYPE_AAAA))
                        .toList();
        boolean cut = udp && name.toString().endsWith("long.test");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(query, 0, 2);
        out.writeShort(0x8180 | (cut ? TRUNCATED : 0) | (failing ? SERVFAIL : known == null ? NXDOMAIN : 0));
        out.writeShort(1);
        out.writeShort(cut ? 0 : addresses.size());
        out.writeShort(0);
        out.writeShort(0);
        out.write(query, 12, questionEnd - 12);
        for (byte[] address : cut ? List.<byte[]>of() : addresses) {
            out.writeShort(0xC00C);
            out.writeShort(type);
            out.writeShort(1);
            out.writeInt(60);
            out.writeShort(octets);
            out.write(address);
        }
        return bytes.toByteArray();
    }

    @Override
    public void close() {
        socket.close();
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
