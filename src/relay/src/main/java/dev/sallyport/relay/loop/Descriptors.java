package dev.sallyport.relay.loop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How many file descriptors this process may have. The system always gives out the lowest free number, so the number of
 * a connection says how many are in use at least: nothing has to be counted.
 *
 * @param most the number from which on they are kept for other things than clients
 */
public record Descriptors(int most) {
    private static final int SMALLEST_RESERVE = 32;
    private static final int LARGEST_RESERVE = 1024;

    /** Those of this process, a tenth of which is kept for the admin port and for connections to destinations. */
    static Descriptors ofProcess() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
                if (line.startsWith("Max open files")) {
                    String soft =
                            line.substring("Max open files".length()).strip().split(" ")[0];
                    return soft.equals("unlimited") ? new Descriptors(Integer.MAX_VALUE) : of(Long.parseLong(soft));
                }
            }
        } catch (IOException | NumberFormatException e) {
            // not told
        }
        return new Descriptors(Integer.MAX_VALUE);
    }

    static Descriptors of(long limit) {
        return new Descriptors(
                (int) Math.min(Integer.MAX_VALUE, limit - Math.clamp(limit / 10, SMALLEST_RESERVE, LARGEST_RESERVE)));
    }

    /** Whether so many are in use that a client's connection with this number must be given up. */
    public boolean tooMany(int number) {
        return number >= most;
    }
}
