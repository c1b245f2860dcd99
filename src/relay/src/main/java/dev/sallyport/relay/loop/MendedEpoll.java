package dev.sallyport.relay.loop;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;

/**
 * Netty's epoll handler without two faults that 4.2.18 has.
 *
 * <p>When there is nothing to wait for on a socket, as when the peer has ended its half, that takes the socket out of the
 * kernel's set but goes on to treat it as a member: the next wait, for room to write, fails, and what was left to write is
 * lost. Here such a socket stays in the set, waiting for errors alone, and is told of each once.
 *
 * <p>One wait tells of many descriptors, and that finds whom to tell by their numbers. When one that was told of is closed
 * before its turn, and a new socket got its number, the new one would be told that its peer has ended. Here nobody hears
 * of the wait during which it was registered.
 *
 * <p>And without its haste: what a socket waits for is told to the kernel when the loop is about to wait, and so once,
 * however often it has changed until then.
 */
final class MendedEpoll implements IoHandler {
    private static final InternalLogger LOG = InternalLoggerFactory.getInstance(MendedEpoll.class);

    private final IoHandler epoll;
    private final ArrayDeque<Registration> changed = new ArrayDeque<>();
    private long waits;

    private MendedEpoll(IoHandler epoll) {
        this.epoll = epoll;
    }

    static IoHandlerFactory factory() {
        IoHandlerFactory factory = EpollIoHandler.newFactory();
        return executor -> new MendedEpoll(factory.newHandler(executor));
    }

    @Override
    public void initialize() {
        epoll.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
        for (Registration next = changed.poll(); next != null; next = changed.poll()) {
            next.tell();
        }
        waits++;
        return epoll.run(context);
    }

    @Override
    public void prepareToDestroy() {
        epoll.prepareToDestroy();
    }

    @Override
    public void destroy() {
        epoll.destroy();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return new Registration(handle, epoll.register(new Handle((EpollIoHandle) handle)));
    }

    @Override
    public void wakeup() {
        epoll.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return epoll.isCompatible(handleType);
    }

    private final class Handle implements EpollIoHandle {
        private final EpollIoHandle handle;
        private final long registered = waits;

        Handle(EpollIoHandle handle) {
            this.handle = handle;
        }

        @Override
        public FileDescriptor fd() {
            return handle.fd();
        }

        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            if (registered != waits) {
                handle.handle(registration, event);
            }
        }

        @Override
        public void registered() {
            handle.registered();
        }

        @Override
        public void unregistered() {
            handle.unregistered();
        }

        @Override
        public void close() throws Exception {
            handle.close();
        }
    }

    private final class Registration implements IoRegistration {
        private final IoHandle handle;
        private final IoRegistration registration;
        private EpollIoOps wanted = EpollIoOps.NONE;
        private EpollIoOps told = EpollIoOps.NONE;
        private boolean pending;

        Registration(IoHandle handle, IoRegistration registration) {
            this.handle = handle;
            this.registration = registration;
        }

        @Override
        public <T> T attachment() {
            return registration.attachment();
        }

        @Override
        public long submit(IoOps ops) {
            wanted = (EpollIoOps) ops;
            if (!pending && isValid()) {
                pending = true;
                changed.add(this);
            }
            return wanted.value();
        }

        private void tell() {
            pending = false;
            boolean member = !told.equals(EpollIoOps.NONE);
            EpollIoOps next = member && wanted.equals(EpollIoOps.NONE) ? EpollIoOps.EPOLLET : wanted;
            if (next.equals(told) || !isValid()) {
                return;
            }
            try {
                registration.submit(next);
                told = next;
            } catch (UncheckedIOException e) {
                // As when the kernel has no memory, or no more sockets may be waited for.
                LOG.warn("a socket cannot be waited for: {}", e.getMessage());
                close();
            }
        }

        private void close() {
            try {
                handle.close();
            } catch (Exception e) {
                LOG.warn("a socket that cannot be waited for could not be closed", e);
            }
        }

        @Override
        public boolean isValid() {
            return registration.isValid();
        }

        @Override
        public boolean cancel() {
            return registration.cancel();
        }
    }
}
