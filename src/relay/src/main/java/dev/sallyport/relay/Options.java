package dev.sallyport.relay;

import dev.sallyport.model.config.Admin;
import dev.sallyport.relay.upstream.endpoints.ApiServer;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The command line.
 *
 * @param config the directory of the configuration
 * @param admin where the admin port is, whatever the configuration says; null: where the configuration says
 * @param serviceAccount the directory with the token and the certificates for the API server
 */
record Options(Path config, @Nullable Admin admin, Path serviceAccount) {
    static final String USAGE = "usage: relay --config DIRECTORY [--admin ADDRESS:PORT] [--service-account DIRECTORY]";

    /**
     * @throws IllegalArgumentException with a sentence that says what is wrong
     */
    static Options parse(List<String> arguments) {
        Path config = null;
        Admin admin = null;
        Path serviceAccount = ApiServer.MOUNT;
        Iterator<String> rest = arguments.iterator();
        while (rest.hasNext()) {
            String name = rest.next();
            switch (name) {
                case "--config" -> config = Path.of(value(name, rest));
                case "--admin" -> admin = admin(value(name, rest));
                case "--service-account" -> serviceAccount = Path.of(value(name, rest));
                default -> throw new IllegalArgumentException(name + " is not known");
            }
        }
        if (config == null) {
            throw new IllegalArgumentException("--config is missing");
        }
        return new Options(config, admin, serviceAccount);
    }

    private static String value(String name, Iterator<String> rest) {
        if (!rest.hasNext()) {
            throw new IllegalArgumentException(name + " lacks its value");
        }
        return rest.next();
    }

    private static Admin admin(String text) {
        int colon = text.lastIndexOf(':');
        try {
            String host = text.substring(0, colon);
            int port = Integer.parseInt(text.substring(colon + 1));
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("port out of range");
            }
            boolean bracketed = host.startsWith("[") && host.endsWith("]");
            String literal = bracketed ? host.substring(1, host.length() - 1) : host;
            return new Admin(InetAddress.ofLiteral(literal).getHostAddress(), port);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException(
                    "--admin " + text + " is not an address with a port: write 0.0.0.0:15090 or [::]:15090", e);
        }
    }
}
