package dev.sallyport.model.role;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Ports of destinations: all, or those named. */
final class Ports {
    static final Ports ALL = new Ports(true, List.of());

    private final boolean all;
    private final int[] named;

    Ports(List<Integer> named) {
        this(false, named);
    }

    private Ports(boolean all, List<Integer> named) {
        this.all = all;
        this.named =
                named.stream().mapToInt(Integer::intValue).sorted().distinct().toArray();
    }

    boolean contain(int port) {
        return all || Arrays.binarySearch(named, port) >= 0;
    }

    /** Those named. */
    IntStream stream() {
        return Arrays.stream(named);
    }

    @Override
    public String toString() {
        return all
                ? "any"
                : named.length == 0
                        ? "none"
                        : Arrays.stream(named).mapToObj(String::valueOf).collect(Collectors.joining(" or "));
    }
}
