package dev.sallyport.model.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import dev.sallyport.model.json.Json;
import dev.sallyport.model.json.MalformedJsonException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** A {@link RelayConfig} as JSON. Equal configurations give equal bytes. */
public final class RelayConfigCodec {
    /** The form that {@link #write} gives. */
    public static final int FORMAT = 1;

    /** The forms that {@link #read} takes, which a relay reports on {@code /config}. */
    public static final List<Integer> FORMATS = List.of(1);

    /** The name of the file in a relay's configuration directory. */
    public static final String FILE = "relay.json";

    private RelayConfigCodec() {}

    /** The canonical bytes of {@code config}, UTF-8, ending with a line feed. */
    public static byte[] write(RelayConfig config) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(bytes)) {
            json.setPrettyPrinter(new DefaultPrettyPrinter());
            new ObjectWriter(json).object(config, ConfigWriter::config);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        bytes.write('\n');
        return bytes.toByteArray();
    }

    /**
     * Reads what {@link #write} wrote. It does not judge whether the parts fit each other. A field that is missing is an
     * error, except a list and what {@link #write} leaves out.
     *
     * @throws InvalidConfigException with the path of what was wrong
     */
    public static RelayConfig read(byte[] json) throws InvalidConfigException {
        try {
            Json config = Json.read(json);
            checkFormat(config.at("format"));
            return Fields.read(config, "", ConfigReader::config);
        } catch (MalformedJsonException e) {
            throw new InvalidConfigException("not JSON: " + e.getMessage(), e);
        }
    }

    private static void checkFormat(Json format) throws InvalidConfigException {
        if (!FORMATS.contains(format.number(0))) {
            String found = switch (format) {
                case Json.Nothing nothing -> "missing";
                case Json.Number number -> number.literal() + " is not known";
                default -> "must be a whole number";
            };
            throw new InvalidConfigException("format: " + found + ", this relay reads " + Fields.names(FORMATS));
        }
    }

    /** The name of a configuration's content: SHA-256 of its bytes in lower-case hexadecimal, cut to 16 digits. */
    public static String hash(byte[] json) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(json);
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
