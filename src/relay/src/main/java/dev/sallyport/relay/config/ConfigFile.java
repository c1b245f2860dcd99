package dev.sallyport.relay.config;

import dev.sallyport.model.config.InvalidConfigException;
import dev.sallyport.model.config.RelayConfigCodec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** The bytes of the configuration in a directory: {@value RelayConfigCodec#FILE}, or else the same compressed by gzip. */
final class ConfigFile {
    private static final String COMPRESSED = RelayConfigCodec.FILE + ".gz";

    /** Far above what fits an object of Kubernetes, compressed or not. */
    static final int MOST_BYTES = 64 << 20;

    private ConfigFile() {}

    /**
     * @throws InvalidConfigException when there is no configuration or it cannot be read
     */
    static byte[] read(Path directory) throws InvalidConfigException {
        String name = RelayConfigCodec.FILE;
        try {
            try (InputStream in = Files.newInputStream(directory.resolve(name))) {
                return bounded(name, in);
            } catch (NoSuchFileException e) {
                name = COMPRESSED;
                try (InputStream in = new GZIPInputStream(Files.newInputStream(directory.resolve(name)))) {
                    return bounded(name, in);
                }
            }
        } catch (NoSuchFileException e) {
            throw new InvalidConfigException(
                    directory + ": has neither " + RelayConfigCodec.FILE + " nor " + COMPRESSED, e);
        } catch (ZipException | java.io.EOFException e) {
            throw new InvalidConfigException(name + ": is not whole gzip: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new InvalidConfigException(name + ": cannot be read: " + e, e);
        }
    }

    private static byte[] bounded(String name, InputStream in) throws IOException, InvalidConfigException {
        byte[] bytes = in.readNBytes(MOST_BYTES + 1);
        if (bytes.length > MOST_BYTES) {
            throw new InvalidConfigException(name + ": has more than " + MOST_BYTES + " bytes");
        }
        return bytes;
    }
}
