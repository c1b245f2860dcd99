package dev.sallyport.operator.deliver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/** Reads {@code /config} from relays. An answer is small and quick, or it is none. */
public final class AdminPort implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    private static final int MOST_BYTES = 64 * 1024;
    private static final int MOST_AT_ONCE = 64;
    private static final ObjectReader READER = new ObjectMapper().readerFor(Answer.Heard.class);

    private final Semaphore turns = new Semaphore(MOST_AT_ONCE);
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(TIMEOUT)
            .proxy(HttpClient.Builder.NO_PROXY)
            .build();

    /** Asks {@code relay} what it serves, in place of what it should. */
    public Answer ask(Relay relay) throws InterruptedException {
        String host = relay.address().contains(":") ? "[" + relay.address() + "]" : relay.address();
        URI uri = URI.create("http://" + host + ":" + relay.adminPort() + "/config");
        turns.acquire();
        try {
            var response = http.send(
                    HttpRequest.newBuilder(uri).timeout(TIMEOUT).build(),
                    BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_BYTES));
            return response.statusCode() == 200
                    ? READER.<Answer.Heard>readValue(response.body()).about(relay.wanted())
                    : new Answer.Silent(uri + " answers " + response.statusCode());
        } catch (JsonProcessingException e) {
            return new Answer.Silent(uri + " answers with something else than JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            return new Answer.Silent(uri + " does not answer: " + reason(e));
        } finally {
            turns.release();
        }
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
