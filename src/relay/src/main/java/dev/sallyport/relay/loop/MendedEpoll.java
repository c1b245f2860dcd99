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
 */
final class MendedEpoll implements IoHandler {
    private final IoHandler epoll;
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
        return new Registration(epoll.register(new Handle((EpollIoHandle) handle)));
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

    private static final class Registration implements IoRegistration {
        private final IoRegistration registration;
        private boolean member;

        Registration(IoRegistration registration) {
            this.registration = registration;
        }

        @Override
        public <T> T attachment() {
            return registration.attachment();
        }

        @Override
        public long submit(IoOps ops) {
            if (member && ops.equals(EpollIoOps.NONE)) {
                return registration.submit(EpollIoOps.EPOLLET);
            }
            member |= !ops.equals(EpollIoOps.NONE);
            return registration.submit(ops);
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
