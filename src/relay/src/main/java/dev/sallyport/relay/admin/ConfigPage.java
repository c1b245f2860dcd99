package dev.sallyport.relay.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.sallyport.model.config.RelayConfigCodec;
import dev.sallyport.model.config.Source;
import dev.sallyport.relay.config.ConfigStatus;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;

/**
 * The body of {@code /config}: {@code hash}, {@code generation} (of the first source) and {@code sources} of what is
 * served, absent before the first configuration; {@code formats} that the relay reads; {@code error} and {@code
 * refused}, the hash of what was refused, absent when what was delivered is served; {@code waiting} with {@code reason}
 * and {@code hash} while what was delivered lacks its secrets. Of a relay with several configurations these are, but for
 * {@code formats}, the fields of each object of the list {@code parts}. Nothing of the configuration itself.
 */
final class ConfigPage {
    private static final JsonFactory JSON = new JsonFactory();

    private ConfigPage() {}

    static String json(List<ConfigStatus> parts) {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            if (parts.size() == 1) {
                served(json, parts.getFirst());
            }
            json.writeArrayFieldStart("formats");
            for (int format : RelayConfigCodec.FORMATS) {
                json.writeNumber(format);
            }
            json.writeEndArray();
            if (parts.size() == 1) {
                pending(json, parts.getFirst());
            } else {
                json.writeArrayFieldStart("parts");
                for (ConfigStatus part : parts) {
                    json.writeStartObject();
                    served(json, part);
                    pending(json, part);
                    json.writeEndObject();
                }
                json.writeEndArray();
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return out.append('\n').toString();
    }

    private static void served(JsonGenerator json, ConfigStatus status) throws IOException {
        ConfigStatus.Served served = status.served();
        if (served == null) {
            return;
        }
        json.writeStringField("hash", served.hash());
        if (!served.sources().isEmpty()) {
            json.writeNumberField("generation", served.sources().getFirst().generation());
        }
        json.writeArrayFieldStart("sources");
        for (Source source : served.sources()) {
            json.writeStartObject();
            json.writeStringField("kind", source.kind());
            json.writeStringField("namespace", source.namespace());
            json.writeStringField("name", source.name());
            json.writeNumberField("generation", source.generation());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** What became of a newer one. */
    private static void pending(JsonGenerator json, ConfigStatus status) throws IOException {
        ConfigStatus.Refusal refusal = status.refusal();
        if (refusal != null) {
            json.writeStringField("error", refusal.message());
            if (!refusal.hash().isEmpty()) {
                json.writeStringField("refused", refusal.hash());
            }
        }
        ConfigStatus.Waiting waiting = status.waiting();
        if (waiting != null) {
            json.writeObjectFieldStart("waiting");
            json.writeStringField("reason", ConfigStatus.Waiting.REASON);
            json.writeStringField("hash", waiting.hash());
            json.writeEndObject();
        }
    }
}
