package dev.sallyport.cli;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;

/** Where a connection was to go before the kernel redirected it. */
final class OriginalDestination {
    private static final int SOL_IP = 0;
    private static final int SOL_IPV6 = 41;
    private static final int SO_ORIGINAL_DST = 80;
    private static final MethodHandle GETSOCKOPT = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().find("getsockopt").orElseThrow(),
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));

    private OriginalDestination() {}

    static InetSocketAddress of(SocketChannel channel) throws IOException {
        boolean v4 = ((InetSocketAddress) channel.getRemoteAddress()).getAddress() instanceof Inet4Address;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(28); // struct sockaddr_in6
            MemorySegment length = arena.allocateFrom(JAVA_INT, v4 ? 16 : 28);
            int failed = (int) GETSOCKOPT.invokeExact(
                    descriptor(channel), v4 ? SOL_IP : SOL_IPV6, SO_ORIGINAL_DST, address, length);
            if (failed != 0) {
                throw new IOException("no original destination");
            }
            int port = Short.toUnsignedInt(address.get(JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN), 2));
            byte[] bytes = address.asSlice(v4 ? 4 : 8, v4 ? 4 : 16).toArray(JAVA_BYTE);
            return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** The tests' JVM is told to show the interface. */
    private static int descriptor(SocketChannel channel) throws ReflectiveOperationException {
        return (int) Class.forName("sun.nio.ch.SelChImpl").getMethod("getFDVal").invoke(channel);
    }
}
