package dev.sallyport.relay.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/**
 * What the relay says about itself, as opposed to what it did for clients: one line of JSON an event, with
 * {@code time}, {@code level}, {@code event} and what belongs to the event. Thread-safe.
 */
public final class Events {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .build();

    private final OutputStream out;
    private final Clock clock;

    public Events(OutputStream out, Clock clock) {
        this.out = out;
        this.clock = clock;
    }

    /** Something that is as it should be. */
    public void info(String event, Map<String, ?> fields) {
        write("info", event, fields);
    }

    /** Something that a person may want to look at. */
    public void warn(String event, Map<String, ?> fields) {
        write("warn", event, fields);
    }

    /**
     * @param fields values are strings, whole numbers, booleans, or maps of such
     */
    private void write(String level, String event, Map<String, ?> fields) {
        ByteArrayOutputStream line = new ByteArrayOutputStream(256);
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            json.writeStringField(
                    "time", Instant.now(clock).truncatedTo(ChronoUnit.MILLIS).toString());
            json.writeStringField("level", level);
            json.writeStringField("event", event);
            fields(json, fields);
            json.writeEndObject();
            json.writeRaw('\n');
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        synchronized (this) {
            try {
                out.write(line.toByteArray());
                out.flush();
            } catch (IOException e) {
                // Nobody listens, and there is nowhere else to say so.
            }
        }
    }

    private static void fields(JsonGenerator json, Map<String, ?> fields) throws IOException {
        for (Map.Entry<String, ?> field : fields.entrySet()) {
            json.writeFieldName(field.getKey());
            switch (field.getValue()) {
                case Map<?, ?> map -> {
                    json.writeStartObject();
                    for (Map.Entry<?, ?> inner : map.entrySet()) {
                        json.writeStringField(String.valueOf(inner.getKey()), String.valueOf(inner.getValue()));
                    }
                    json.writeEndObject();
                }
                case Integer number -> json.writeNumber(number);
                case Long number -> json.writeNumber(number);
                case Boolean flag -> json.writeBoolean(flag);
                default -> json.writeString(String.valueOf(field.getValue()));
            }
        }
    }
}
