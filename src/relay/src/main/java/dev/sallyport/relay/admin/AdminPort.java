package dev.sallyport.relay.admin;

import dev.sallyport.model.config.Admin;
import dev.sallyport.model.config.InvalidConfigException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** The admin server where it is wanted now. To be used by one thread at a time. */
public final class AdminPort implements AutoCloseable {
    private final Opener opener;
    private Admin wanted;
    private AdminServer server;

    /** Opens a server. */
    @FunctionalInterface
    public interface Opener {
        AdminServer open(InetSocketAddress address) throws IOException;
    }

    /**
     * Opens the port.
     *
     * @throws InvalidConfigException when it cannot be bound
     */
    public AdminPort(Admin wanted, Opener opener) throws InvalidConfigException {
        this.opener = opener;
        this.wanted = wanted;
        this.server = open(wanted);
    }

    /** Where it was wanted last. */
    public Admin wanted() {
        return wanted;
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return server.address();
    }

    /**
     * Moves it. The old port closes first, as the new one may be the same port on another address.
     *
     * @throws InvalidConfigException when the new one cannot be bound; then the old one is open again
     */
    public void move(Admin to) throws InvalidConfigException {
        if (to.equals(wanted)) {
            return;
        }
        InetSocketAddress before = server.address();
        server.close();
        try {
            server = open(to);
            wanted = to;
        } catch (InvalidConfigException e) {
            server = open(new Admin(before.getAddress().getHostAddress(), before.getPort()));
            throw e;
        }
    }

    @Override
    public void close() {
        server.close();
    }

    private AdminServer open(Admin at) throws InvalidConfigException {
        try {
            return opener.open(new InetSocketAddress(InetAddress.ofLiteral(at.address()), at.port()));
        } catch (IllegalArgumentException e) {
            throw new InvalidConfigException(
                    "admin: " + at.address() + ":" + at.port() + " is not an address with a port", e);
        } catch (IOException e) {
            throw new InvalidConfigException(
                    "admin: cannot listen on " + at.address() + " port " + at.port() + ": " + e.getMessage(), e);
        }
    }
}
