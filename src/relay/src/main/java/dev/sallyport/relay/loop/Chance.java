package dev.sallyport.relay.loop;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Sources of random numbers that begin differently in each loop of each relay, whenever it starts: what is made of them may
 * count as unique. They can be foretold, so no secret may be made of them.
 */
final class Chance {
    /** 192 bits of state, as ids of 128 bits would repeat with the 64 of SplittableRandom. */
    private static final String ALGORITHM = "L64X128MixRandom";

    private static final int SEED_BYTES = 32;

    /** Read as it is: SecureRandom would take a tenth of a relay's start. */
    private static final Path SYSTEM = Path.of("/dev/urandom");

    private Chance() {}

    static RandomGenerator source() {
        return RandomGeneratorFactory.of(ALGORITHM).create(seed());
    }

    private static byte[] seed() {
        try (InputStream system = Files.newInputStream(SYSTEM)) {
            byte[] seed = system.readNBytes(SEED_BYTES);
            if (seed.length == SEED_BYTES) {
                return seed;
            }
        } catch (IOException e) {
            // the JDK knows another way
        }
        byte[] seed = new byte[SEED_BYTES];
        new SecureRandom().nextBytes(seed);
        return seed;
    }
}
