package dev.sallyport.relay;

import dev.sallyport.model.config.Admin;
import dev.sallyport.model.config.ApplicationPod;
import dev.sallyport.model.config.ApplicationProbe;
import dev.sallyport.model.config.Inbound;
import dev.sallyport.relay.upstream.endpoints.ApiServer;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The command line.
 *
 * @param config the directories of the configuration, of which each holds a part
 * @param admin where the admin port is, whatever the configuration says; null: where the configuration says
 * @param serviceAccount the directory with the token and the certificates for the API server
 * @param pod of the application beside which the relay runs
 * @param grace how long what runs may take to end, whatever the configuration says; null: as long as the configuration says
 * @param probes that it asks that application in the kubelet's place
 */
record Options(
        List<Path> config,
        @Nullable Admin admin,
        Path serviceAccount,
        ApplicationPod pod,
        @Nullable Duration grace,
        List<ApplicationProbe> probes) {
    static final String USAGE =
            "usage: relay --config DIRECTORY... [--admin ADDRESS:PORT] [--service-account DIRECTORY]"
                    + " [--inbound PORT=APPLICATION-PORT]... [--label KEY=VALUE]... [--grace SECONDS] [--probe JSON]..."
                    + " [--redirected]";

    /**
     * @throws IllegalArgumentException with a sentence that says what is wrong
     */
    static Options parse(List<String> arguments) {
        List<Path> config = new ArrayList<>();
        Admin admin = null;
        Path serviceAccount = ApiServer.MOUNT;
        List<Inbound> inbound = new ArrayList<>();
        Set<String> labels = new HashSet<>();
        Duration grace = null;
        List<ApplicationProbe> probes = new ArrayList<>();
        boolean redirected = false;
        Iterator<String> rest = arguments.iterator();
        while (rest.hasNext()) {
            String name = rest.next();
            switch (name) {
                case "--config" -> config.add(Path.of(value(name, rest)));
                case "--admin" -> admin = admin(value(name, rest));
                case "--service-account" -> serviceAccount = Path.of(value(name, rest));
                case "--inbound" -> inbound.add(inbound(value(name, rest)));
                case "--label" -> labels.add(value(name, rest));
                case "--grace" -> grace = grace(value(name, rest));
                case "--probe" -> probes.add(probe(value(name, rest)));
                case "--redirected" -> redirected = true;
                default -> throw new IllegalArgumentException(name + " is not known");
            }
        }
        if (config.isEmpty()) {
            throw new IllegalArgumentException("--config is missing");
        }
        if (Set.copyOf(config).size() < config.size()) {
            throw new IllegalArgumentException("--config is given twice for one directory");
        }
        return new Options(
                List.copyOf(config),
                admin,
                serviceAccount,
                pod(inbound, labels, redirected),
                grace,
                List.copyOf(probes));
    }

    private static Inbound inbound(String text) {
        try {
            return Inbound.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--inbound " + e.getMessage(), e);
        }
    }

    private static ApplicationProbe probe(String text) {
        try {
            return ApplicationProbe.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--probe " + e.getMessage(), e);
        }
    }

    private static ApplicationPod pod(List<Inbound> inbound, Set<String> labels, boolean redirected) {
        try {
            return new ApplicationPod(inbound, labels, redirected);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--inbound or --label: " + e.getMessage(), e);
        }
    }

    private static String value(String name, Iterator<String> rest) {
        if (!rest.hasNext()) {
            throw new IllegalArgumentException(name + " lacks its value");
        }
        return rest.next();
    }

    private static Duration grace(String text) {
        try {
            return Duration.ofSeconds(Integer.parseUnsignedInt(text));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--grace " + text + " is not a number of whole seconds", e);
        }
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
