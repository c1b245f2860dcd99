package dev.sallyport.control.render;

import dev.sallyport.control.input.Settings;
import dev.sallyport.model.address.IpAddress;
import dev.sallyport.model.address.Prefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What clients are told to use a forward proxy: environment variables, a proxy auto-configuration file, and flags of a JVM. */
public final class ClientSettings {
    /** What a JVM reads its flags from. */
    public static final String JVM = "JAVA_TOOL_OPTIONS";

    /** All that clients look at, as some look only at those in capitals and some only at the others. */
    public static final List<String> PROXIES =
            List.of("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy");

    /** How many bits of an address are before those of an IPv4 one. */
    private static final int IPV4 = 96;

    private ClientSettings() {}

    /** By their names in the ConfigMap, which {@code envFrom} takes as they are. */
    public static Map<String, String> of(String host, int port, boolean tls, Settings settings) {
        String proxy = (tls ? "https://" : "http://") + host + ":" + port;
        String direct = String.join(",", direct(settings));
        Map<String, String> data = new TreeMap<>();
        data.put("HTTP_PROXY", proxy);
        data.put("http_proxy", proxy);
        data.put("HTTPS_PROXY", proxy);
        data.put("https_proxy", proxy);
        data.put("NO_PROXY", direct);
        data.put("no_proxy", direct);
        if (!tls) {
            // A JVM speaks no TLS to proxies.
            data.put(JVM, jvm(host, port, settings));
        }
        data.put("proxy.pac", pac(tls ? "HTTPS" : "PROXY", host, port, settings));
        return data;
    }

    private static List<String> direct(Settings settings) {
        List<String> direct =
                new ArrayList<>(List.of("localhost", "127.0.0.1", "::1", ".svc", "." + settings.clusterDomain()));
        direct.addAll(settings.clusterRanges());
        return direct;
    }

    private static String jvm(String host, int port, Settings settings) {
        List<String> direct =
                new ArrayList<>(List.of("localhost", "127.*", "[::1]", "*.svc", "*." + settings.clusterDomain()));
        for (String range : settings.clusterRanges()) {
            Prefix prefix = Prefix.parse(range);
            if (prefix.network().isV4()) {
                direct.addAll(patterns(prefix.network().v4Bits(), prefix.length() - IPV4));
            }
        }
        return "-Dhttp.proxyHost=" + host + " -Dhttp.proxyPort=" + port
                + " -Dhttps.proxyHost=" + host + " -Dhttps.proxyPort=" + port
                + " -Dhttp.nonProxyHosts=" + String.join("|", direct);
    }

    /** The JVM knows no networks, only patterns of text: 10.96.0.0/12 is 10.96.*, 10.97.* and so on to 10.111.*. */
    private static List<String> patterns(int network, int length) {
        int octets = (length + 7) / 8;
        int last = 32 - 8 * octets;
        List<String> patterns = new ArrayList<>();
        for (int i = 0; i < 1 << 8 * octets - length; i++) {
            String address = IpAddress.v4(network + (i << last)).toString();
            int end = 0;
            for (int dots = 0; dots < octets && octets < 4; dots++) {
                end = address.indexOf('.', end) + 1;
            }
            patterns.add(octets == 4 ? address : address.substring(0, end) + "*");
        }
        return patterns;
    }

    private static String pac(String kind, String host, int port, Settings settings) {
        StringBuilder pac = new StringBuilder("""
                function FindProxyForURL(url, host) {
                  if (isPlainHostName(host) || dnsDomainIs(host, ".svc") || dnsDomainIs(host, ".%s")) return "DIRECT";
                  if (/^[0-9.]+$/.test(host)) {
                    if (isInNet(host, "127.0.0.0", "255.0.0.0")) return "DIRECT";
                """.formatted(settings.clusterDomain()));
        for (String range : settings.clusterRanges()) {
            Prefix prefix = Prefix.parse(range);
            if (prefix.network().isV4()) {
                pac.append("    if (isInNet(host, \"%s\", \"%s\")) return \"DIRECT\";\n"
                        .formatted(prefix.network(), mask(prefix.length() - IPV4)));
            }
        }
        return pac.append("""
                  }
                  return "%s %s:%d";
                }
                """.formatted(kind, host, port)).toString();
    }

    private static String mask(int length) {
        long bits = 0xffff_ffffL << (32 - length) & 0xffff_ffffL;
        return (bits >> 24) + "." + (bits >> 16 & 255) + "." + (bits >> 8 & 255) + "." + (bits & 255);
    }
}
