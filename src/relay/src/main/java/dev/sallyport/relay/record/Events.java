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

    /**
     * Something that is as it should be.
     *
     * @param fields names and values in turn; values are strings, whole numbers, booleans, or maps of strings
     */
    public void info(String event, Object... fields) {
        write("info", event, fields);
    }

    /**
     * Something that a person may want to look at.
     *
     * @param fields names and values in turn; values are strings, whole numbers, booleans, or maps of strings
     */
    public void warn(String event, Object... fields) {
        write("warn", event, fields);
    }

    private void write(String level, String event, Object... fields) {
        ByteArrayOutputStream line = new ByteArrayOutputStream(256);
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            json.writeStringField(
                    "time", Instant.now(clock).truncatedTo(ChronoUnit.MILLIS).toString());
            json.writeStringField("level", level);
            json.writeStringField("event", event);
            for (int i = 0; i < fields.length; i += 2) {
                json.writeFieldName(String.valueOf(fields[i]));
                value(json, fields[i + 1]);
            }
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

    private static void value(JsonGenerator json, Object value) throws IOException {
        switch (value) {
            case Map<?, ?> map -> {
                json.writeStartObject();
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    json.writeStringField(String.valueOf(entry.getKey()), String.valueOf(entry.getValue()));
                }
                json.writeEndObject();
            }
            case Integer number -> json.writeNumber(number);
            case Long number -> json.writeNumber(number);
            case Boolean flag -> json.writeBoolean(flag);
            default -> json.writeString(String.valueOf(value));
        }
    }
}
