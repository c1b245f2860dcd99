package dev.sallyport.model.config;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the fields of objects, those that say nothing left out. */
record ObjectWriter(JsonGenerator out) {
    /** Writes the fields of an object. */
    @FunctionalInterface
    interface Writer<T> {
        void write(ObjectWriter out, T value) throws IOException;
    }

    void text(String name, String value) throws IOException {
        out.writeStringField(name, value);
    }

    void textIfAny(String name, String value) throws IOException {
        if (!value.isEmpty()) {
            text(name, value);
        }
    }

    void number(String name, long value) throws IOException {
        out.writeNumberField(name, value);
    }

    void flag(String name, boolean value) throws IOException {
        out.writeBooleanField(name, value);
    }

    void duration(String name, Duration value) throws IOException {
        text(name, GatewayDuration.format(value));
    }

    void choice(String name, @Nullable Enum<?> value) throws IOException {
        if (value != null) {
            text(name, value.name());
        }
    }

    <T> void object(String name, @Nullable T value, Writer<T> writer) throws IOException {
        if (value != null) {
            out.writeFieldName(name);
            object(value, writer);
        }
    }

    <T> void object(T value, Writer<T> writer) throws IOException {
        out.writeStartObject();
        writer.write(this, value);
        out.writeEndObject();
    }

    <T> void objects(String name, List<T> values, Writer<T> writer) throws IOException {
        if (!values.isEmpty()) {
            out.writeArrayFieldStart(name);
            for (T value : values) {
                object(value, writer);
            }
            out.writeEndArray();
        }
    }

    void texts(String name, List<String> values) throws IOException {
        if (!values.isEmpty()) {
            out.writeArrayFieldStart(name);
            for (String value : values) {
                out.writeString(value);
            }
            out.writeEndArray();
        }
    }

    void numbers(String name, List<Integer> values) throws IOException {
        if (!values.isEmpty()) {
            out.writeArrayFieldStart(name);
            for (int value : values) {
                out.writeNumber(value);
            }
            out.writeEndArray();
        }
    }

    void choices(String name, List<? extends Enum<?>> values) throws IOException {
        texts(name, values.stream().<String>map(Enum::name).toList());
    }
}
