package dev.sallyport.relay.upstream.names;

import io.netty.resolver.HostsFileEntriesProvider;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** {@code /etc/hosts}, read once, when the first name is asked for. */
final class HostsFile {
    private static final class Read {
        static final HostsFileEntriesProvider ENTRIES =
                HostsFileEntriesProvider.parser().parseSilently();
    }

    private HostsFile() {}

    /** The addresses that it has for a name. */
    static List<InetAddress> addresses(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        List<InetAddress> all = new ArrayList<>(Read.ENTRIES.ipv6Entries().getOrDefault(name, List.of()));
        all.addAll(Read.ENTRIES.ipv4Entries().getOrDefault(name, List.of()));
        return all;
    }
}
