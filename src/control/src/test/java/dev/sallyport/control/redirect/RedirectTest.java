package dev.sallyport.control.redirect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sallyport.control.Golden;
import dev.sallyport.control.Objects;
import dev.sallyport.control.inject.Redirection;
import dev.sallyport.control.validate.Finding;
import dev.sallyport.control.validate.Findings;
import dev.sallyport.model.address.IpAddress;
import dev.sallyport.model.address.Prefix;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every {@code NAME.yaml} of {@code src/test/redirect} holds a pod; {@code NAME.nft} is the plan for it with its ruleset, or what is wrong.
 * {@code -Dgolden.rewrite=true} writes the latter anew.
 */
class RedirectTest {
    private static final Path PODS = Path.of("src/test/redirect");

    @TestFactory
    Stream<DynamicTest> pods() throws IOException {
        try (var files = Files.list(PODS)) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream()
                    .map(file -> dynamicTest(file.getFileName().toString(), () -> check(file)));
        }
    }

    private static void check(Path file) throws IOException {
        Pod pod = (Pod) Objects.all(Files.readString(file)).getFirst();
        var findings = new Findings();
        Optional<Redirect> plan = Redirection.of(pod, Objects.PODS, findings);
        String said = plan.isEmpty()
                ? findings.list().stream().map(Finding::toString).collect(Collectors.joining("\n", "", "\n"))
                : plan.get().account().stream()
                                .map(line -> "# " + line.direction() + ": " + line.what() + ": " + line.fate() + "\n")
                                .collect(Collectors.joining())
                        + Ruleset.of(plan.get());
        Golden.compare(Path.of(file.toString().replace(".yaml", ".nft")), said);
    }

    /** In the order of the rules, the first range that holds an address is of the fate of the narrowest. */
    @Test
    void theNarrowestRangeDecides() {
        var random = new Random(7717);
        for (int round = 0; round < 500; round++) {
            List<Prefix> past = prefixes(random);
            List<Prefix> taken = new ArrayList<>(prefixes(random));
            taken.removeAll(past);
            var outbound = new Outbound(past, taken, List.of());
            for (int i = 0; i < 20; i++) {
                IpAddress address = IpAddress.v4(random.nextInt(1 << 10) << 22);
                boolean first = outbound.narrowestFirst().stream()
                        .filter(ranges -> holds(ranges.prefixes(), address))
                        .findFirst()
                        .map(Outbound.Ranges::past)
                        .orElse(false);
                boolean narrowest = Stream.concat(past.stream(), taken.stream())
                        .filter(prefix -> prefix.contains(address))
                        .max(Comparator.comparingInt(Prefix::length))
                        .map(past::contains)
                        .orElse(false);
                assertThat(first).as("%s of %s and %s", address, past, taken).isEqualTo(narrowest);
            }
            for (Outbound.Ranges ranges : outbound.narrowestFirst()) {
                assertThat(ranges.prefixes())
                        .allSatisfy(prefix -> assertThat(ranges.prefixes().stream()
                                        .filter(other ->
                                                other.contains(prefix.network()) || prefix.contains(other.network())))
                                .as("nftables takes no ranges that overlap")
                                .hasSize(1));
            }
        }
    }

    private static boolean holds(List<Prefix> prefixes, IpAddress address) {
        return prefixes.stream().anyMatch(prefix -> prefix.contains(address));
    }

    private static List<Prefix> prefixes(Random random) {
        return Stream.generate(() -> {
                    int length = random.nextInt(11);
                    int bits = length == 0 ? 0 : random.nextInt(1 << length) << 32 - length;
                    return new Prefix(IpAddress.v4(bits), 96 + length);
                })
                .limit(random.nextInt(8))
                .distinct()
                .toList();
    }
}
