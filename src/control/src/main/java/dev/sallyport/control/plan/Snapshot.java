package dev.sallyport.control.plan;

import dev.sallyport.model.config.RelayConfig;
import dev.sallyport.model.config.RelayConfigCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

/** A configuration with its canonical bytes and their hash. Equal bytes make equal snapshots. */
public final class Snapshot {
    /** What a configuration is called when it is compressed. */
    public static final String COMPRESSED_FILE = RelayConfigCodec.FILE + ".gz";

    private static final int MOST_PLAIN_BYTES = 256 * 1024;

    private final RelayConfig config;
    private final byte[] json;
    private final byte[] content;
    private final String hash;

    private Snapshot(RelayConfig config, byte[] json) {
        this.config = config;
        this.json = json;
        this.content = json.length > MOST_PLAIN_BYTES ? gzip(json) : json;
        this.hash = RelayConfigCodec.hash(json);
    }

    public static Snapshot of(RelayConfig config) {
        return new Snapshot(config, RelayConfigCodec.write(config));
    }

    public RelayConfig config() {
        return config;
    }

    /** The canonical JSON, which {@link #hash} names. */
    public byte[] json() {
        return json.clone();
    }

    public String hash() {
        return hash;
    }

    /** Whether {@link #content} is gzip, because the JSON is large. */
    public boolean isCompressed() {
        return content != json;
    }

    /** The JSON as it is delivered: plain, or gzip. */
    public byte[] content() {
        return content.clone();
    }

    /** How many bytes {@link #content} has. */
    public int size() {
        return content.length;
    }

    private static byte[] gzip(byte[] json) {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Snapshot snapshot && Arrays.equals(json, snapshot.json);
    }

    @Override
    public int hashCode() {
        return hash.hashCode();
    }

    @Override
    public String toString() {
        return "snapshot " + hash;
    }
}
