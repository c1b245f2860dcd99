package dev.sallyport.relay.upstream.endpoints;

import dev.sallyport.model.json.Json;
import dev.sallyport.model.json.MalformedJsonException;
import dev.sallyport.relay.record.Events;
import dev.sallyport.relay.record.Metrics;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps up with the EndpointSlices of one Service: lists them, then watches from there. A watch that ends goes on where
 * it was; only when the API server no longer knows that place is everything listed anew. Whatever fails, what is known
 * stays.
 */
final class SliceWatch implements Runnable {
    private static final int LONGEST_EVENT = 4 << 20;
    private static final int LONGEST_PAGE = 16 << 20;
    /** Slices to a page: an API server that has all at hand may give more. */
    private static final int PAGE = 100;
    /** Of a Service. A slice has up to 100 endpoints, by default. */
    private static final int MOST_SLICES = 10_000;
    /** A watch that stood as long was a good one. */
    private static final Duration GOOD = Duration.ofSeconds(5);

    private final ServiceName service;
    private final ApiClient client;
    private final Metrics metrics;
    private final Events events;
    private final Consumer<Collection<Slice>> consumer;
    private final RandomGenerator random = new SplittableRandom();
    private final Backoff backoff;
    private final Map<String, Slice> slices = new TreeMap<>();
    private @Nullable String version;
    private boolean lostTrack;
    private String complaint = "";

    SliceWatch(
            ServiceName service,
            ApiClient client,
            Pace pace,
            Metrics metrics,
            Events events,
            Consumer<Collection<Slice>> consumer) {
        this.service = service;
        this.client = client;
        this.metrics = metrics;
        this.events = events;
        this.consumer = consumer;
        this.backoff = new Backoff(pace.firstWait(), pace.longestWait(), random);
    }

    @Override
    public void run() {
        try {
            while (!Thread.interrupted()) {
                try {
                    if (version == null) {
                        version = list();
                    }
                    long start = System.nanoTime();
                    boolean heard = watch();
                    if (heard || System.nanoTime() - start > GOOD.toNanos()) {
                        backoff.reset();
                    } else {
                        Thread.sleep(backoff.failed());
                    }
                } catch (ApiClient.GoneException e) {
                    version = null;
                    lostTrack = true;
                    Thread.sleep(backoff.failed());
                } catch (UnreadableException e) {
                    version = null;
                    complain(e);
                } catch (IOException e) {
                    complain(e);
                }
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    /** Takes up all slices and returns their version. */
    private String list() throws IOException {
        Map<String, Slice> found = new TreeMap<>();
        // What a replica of the API server has at hand will do, unless it may be older than what was seen before.
        String place = lostTrack ? "" : "&resourceVersion=0";
        String listed;
        String rest;
        int pages = 0;
        do {
            if (++pages > MOST_SLICES / PAGE) {
                throw new UnreadableException("a list of more than " + MOST_SLICES / PAGE + " pages");
            }
            Json page = page("&limit=" + PAGE + place);
            listed = version(page);
            for (Json item : page.at("items").items()) {
                put(found, SliceReader.read(item));
            }
            rest = page.at("metadata").at("continue").text("");
            place = "&continue=" + encode(rest);
        } while (!rest.isEmpty());
        slices.clear();
        slices.putAll(found);
        lostTrack = false;
        tell();
        return listed;
    }

    private static void put(Map<String, Slice> slices, Slice slice) throws UnreadableException {
        slices.put(slice.name(), slice);
        if (slices.size() > MOST_SLICES) {
            throw new UnreadableException("a Service of more than " + MOST_SLICES + " slices");
        }
    }

    /** Follows the changes until the stream ends; whether there was any. */
    private boolean watch() throws IOException {
        long seconds = 240 + random.nextInt(120);
        boolean heard = false;
        try (InputStream stream = client.get(path("&watch=1&allowWatchBookmarks=true&timeoutSeconds=" + seconds
                + "&resourceVersion=" + encode(String.valueOf(version))))) {
            if (!complaint.isEmpty()) {
                complaint = "";
                events.info("endpoint-watch-recovered", "service", service.toString());
            }
            Lines lines = new Lines(stream, LONGEST_EVENT);
            for (byte[] line = lines.next(); line != null; line = lines.next()) {
                take(json(line));
                heard = true;
                backoff.reset();
            }
        }
        return heard;
    }

    private void take(Json event) throws IOException {
        Json object = event.at("object");
        switch (event.at("type").text("")) {
            case "ADDED", "MODIFIED" -> {
                put(slices, SliceReader.read(object));
                version = version(object);
                tell();
            }
            case "DELETED" -> {
                slices.remove(SliceReader.read(object).name());
                version = version(object);
                tell();
            }
            case "BOOKMARK" -> version = version(object);
            case "ERROR" -> {
                int code = object.at("code").number(0);
                if (code == 410) {
                    throw new ApiClient.GoneException();
                }
                throw new UnreadableException("the API server ends the watch with code " + code);
            }
            default -> throw new UnreadableException("an event of no known type");
        }
    }

    private void tell() {
        consumer.accept(List.copyOf(slices.values()));
    }

    private void complain(IOException e) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        metrics.endpointWatchFailed();
        Duration wait = backoff.failed();
        String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        if (!why.equals(complaint)) {
            complaint = why;
            events.warn(
                    "endpoint-watch-failed", "service", service.toString(), "message", why, "retryMs", wait.toMillis());
        }
        Thread.sleep(wait);
    }

    private String path(String more) {
        return "/apis/discovery.k8s.io/v1/namespaces/" + encode(service.namespace()) + "/endpointslices?labelSelector="
                + encode("kubernetes.io/service-name=" + service.name()) + more;
    }

    private static String version(Json object) throws UnreadableException {
        String version = object.at("metadata").at("resourceVersion").text("");
        if (version.isEmpty()) {
            throw new UnreadableException("an object without metadata.resourceVersion");
        }
        return version;
    }

    private Json page(String more) throws IOException {
        try (InputStream stream = client.get(path(more))) {
            byte[] bytes = stream.readNBytes(LONGEST_PAGE + 1);
            if (bytes.length > LONGEST_PAGE) {
                throw new UnreadableException("a page of more than " + LONGEST_PAGE + " bytes");
            }
            return json(bytes);
        }
    }

    private static Json json(byte[] bytes) throws UnreadableException {
        try {
            return Json.read(bytes);
        } catch (MalformedJsonException e) {
            throw new UnreadableException("not JSON: " + e.getMessage());
        }
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
