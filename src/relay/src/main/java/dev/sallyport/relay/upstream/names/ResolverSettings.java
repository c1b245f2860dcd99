package dev.sallyport.relay.upstream.names;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Whom to ask for names, and what for.
 *
 * @param servers to be asked in this order; when there are none, no name resolves
 * @param search domains below which names without a dot are looked up first, others last
 * @param ipv6 whether this machine can reach IPv6 addresses, so that it is worth to ask for them
 */
public record ResolverSettings(List<InetSocketAddress> servers, List<String> search, boolean ipv6) {
    private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");
    private static final int PORT = 53;

    /** As many as the C library takes, and no more than it takes of domains. */
    private static final int MOST_SERVERS = 3;

    private static final int MOST_DOMAINS = 32;

    public ResolverSettings {
        servers = List.copyOf(servers);
        search = List.copyOf(search);
    }

    /** Those of this machine. Without a readable {@code /etc/resolv.conf} there are no servers: nobody is asked unbidden. */
    public static ResolverSettings ofMachine() {
        List<String> lines;
        try {
            lines = Files.readAllLines(RESOLV_CONF);
        } catch (IOException e) {
            lines = List.of();
        }
        return parse(lines, reachesIpv6());
    }

    /** The lines of a {@code resolv.conf}. What it says besides of servers and domains does not matter here. */
    static ResolverSettings parse(List<String> lines, boolean ipv6) {
        List<InetSocketAddress> servers = new ArrayList<>();
        List<String> search = List.of();
        for (String line : lines) {
            String[] words = line.strip().split("\\s+");
            if (words[0].equals("nameserver") && words.length > 1 && servers.size() < MOST_SERVERS) {
                try {
                    servers.add(new InetSocketAddress(InetAddress.ofLiteral(words[1]), PORT));
                } catch (IllegalArgumentException e) {
                    // As the C library does, go on with the others.
                }
            } else if (words[0].equals("search") || words[0].equals("domain")) {
                search = domains(words);
            }
        }
        return new ResolverSettings(servers, search, ipv6);
    }

    private static List<String> domains(String[] words) {
        List<String> domains = new ArrayList<>();
        for (int i = 1; i < words.length && domains.size() < MOST_DOMAINS; i++) {
            String domain = words[i].endsWith(".") ? words[i].substring(0, words[i].length() - 1) : words[i];
            if (!domain.isEmpty()) {
                domains.add(domain);
            }
        }
        return domains;
    }

    private static boolean reachesIpv6() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .anyMatch(address -> address instanceof Inet6Address
                            && !address.isLoopbackAddress()
                            && !address.isLinkLocalAddress());
        } catch (SocketException e) {
            return false;
        }
    }
}
