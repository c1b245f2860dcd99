package dev.sallyport.model.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.sallyport.model.json.Json;
import dev.sallyport.model.json.MalformedJsonException;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the kubelet would ask an application from outside, and a relay that stands in the way asks for it, over loopback.
 *
 * @param name by which the kubelet asks the relay, such as {@code app/readiness}
 * @param port of the application
 * @param path of a GET request, with its query; empty where it is enough that the port takes a connection
 * @param tls whether the request is over TLS; the certificate is not looked at
 * @param headers of the request, as {@code Name: value}
 * @param timeout for all of it
 */
public record ApplicationProbe(
        String name, int port, String path, boolean tls, List<String> headers, Duration timeout) {
    /** Before the name, in what the kubelet asks the relay's admin port. */
    public static final String PATH = "/probes/";

    /** @throws IllegalArgumentException when it would not be one request */
    public ApplicationProbe {
        headers = List.copyOf(headers);
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException(port + ": a port is from 1 to 65535");
        }
        if (!path.isEmpty() && !path.startsWith("/")) {
            throw new IllegalArgumentException("'" + path + "' does not begin with /");
        }
        if (path.chars().anyMatch(c -> c <= ' ' || c >= 0x7f)) {
            throw new IllegalArgumentException("'" + path + "' has characters that a URL does not have");
        }
        if (Stream.concat(headers.stream(), Stream.of(name))
                .anyMatch(text -> text.chars().anyMatch(c -> c < ' '))) {
            throw new IllegalArgumentException("a header has control characters");
        }
    }

    /**
     * Reads the text form.
     *
     * @throws IllegalArgumentException with a sentence that says what is wrong
     */
    public static ApplicationProbe parse(String text) {
        try {
            return Fields.read(
                    Json.read(text.getBytes(StandardCharsets.UTF_8)),
                    "",
                    probe -> new ApplicationProbe(
                            probe.text("name"),
                            probe.number("port"),
                            probe.textOrEmpty("path"),
                            probe.flag("tls"),
                            probe.texts("headers"),
                            probe.duration("timeout")));
        } catch (InvalidConfigException | MalformedJsonException e) {
            throw new IllegalArgumentException(text + " is not a probe: " + e.getMessage(), e);
        }
    }

    /** One line of JSON. */
    @Override
    public String toString() {
        var text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            new ObjectWriter(json).object(this, (out, probe) -> {
                out.text("name", probe.name);
                out.number("port", probe.port);
                out.textIfAny("path", probe.path);
                out.flag("tls", probe.tls);
                out.texts("headers", probe.headers);
                out.duration("timeout", probe.timeout);
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }
}
