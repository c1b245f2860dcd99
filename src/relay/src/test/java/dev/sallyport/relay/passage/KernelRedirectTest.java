package dev.sallyport.relay.passage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Connections that the kernel redirects, in a network namespace of their own. */
@Timeout(300)
class KernelRedirectTest {
    /** What the client's end of a connection is bound to decides whether it is redirected. */
    private static final String NAMESPACE = """
            set -e
            [ "$1" = BOTH ] || echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6
            ip link set lo up
            for address in 192.0.2.10 198.51.100.7 203.0.113.9; do ip address add $address/32 dev lo; done
            [ "$1" != BOTH ] || for address in 2001:db8:a::10 2001:db8:b::7 2001:db8:c::9; do
                ip address add $address/128 dev lo nodad
            done
            "$NFT" -f - <<END
            table inet redirected {
                chain output {
                    type nat hook output priority -100
                    ip saddr 192.0.2.10 meta l4proto tcp redirect to :15701
                    ip6 saddr 2001:db8:a::10 meta l4proto tcp redirect to :15701
                }
            }
            END
            shift
            exec "$@"
            """;

    @ParameterizedTest
    @EnumSource
    void leadsToTheRelay(KernelRedirect.Families families) throws Exception {
        ProcessBuilder scenario = new ProcessBuilder(Stream.concat(
                        Stream.of("unshare", "--net", "bash", "-c", NAMESPACE, "bash", families.name()),
                        Stream.of(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                System.getProperty("java.class.path"),
                                KernelRedirect.class.getName(),
                                families.name()))
                .toList());
        scenario.environment().put("NFT", nft());
        assertThat(output(scenario)).endsWith(KernelRedirect.PASSED);
    }

    private static String nft() throws Exception {
        String said = output(new ProcessBuilder(List.of("../build/nft")));
        boolean there = said.startsWith("/")
                && output(new ProcessBuilder(List.of("unshare", "--net", "true")))
                        .isEmpty();
        assertThat(there || !"true".equals(System.getenv("CI")))
                .as("nft: %s", said)
                .isTrue();
        assumeTrue(there, "nft and a network namespace cannot be had here: " + said);
        return said.strip();
    }

    private static String output(ProcessBuilder builder) throws InterruptedException {
        try {
            Process process = builder.redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            return said;
        } catch (IOException e) {
            return e.toString();
        }
    }
}
