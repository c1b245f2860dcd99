package dev.sallyport.control.render;

import dev.sallyport.control.input.Settings;
import dev.sallyport.control.input.Subject;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The labels of a proxy's objects. */
public final class Labels {
    public static final String NAME = "app.kubernetes.io/name";
    public static final String INSTANCE = "app.kubernetes.io/instance";
    public static final String COMPONENT = "app.kubernetes.io/component";
    public static final String PART_OF = "app.kubernetes.io/part-of";
    public static final String MANAGED_BY = "app.kubernetes.io/managed-by";
    public static final String VERSION = "app.kubernetes.io/version";

    /** The value of {@link #MANAGED_BY} on everything that the operator writes, relay pods among it. */
    public static final String OPERATOR = "sallyport-operator";

    private static final String RELAY = "sallyport-relay";

    private Labels() {}

    /** What selects the relay pods of a proxy. It can never change, because the selector of a Deployment cannot. */
    public static Map<String, String> selector(Subject subject) {
        return new TreeMap<>(Map.of(
                NAME,
                RELAY,
                INSTANCE,
                subject.name(),
                COMPONENT,
                switch (subject.kind()) {
                    case FORWARD -> "forward-proxy";
                    case REVERSE -> "reverse-proxy";
                }));
    }

    /** {@link #selector} as {@code kubectl -l} takes it. */
    public static String selectorText(Subject subject) {
        return selector(subject).entrySet().stream()
                .map(label -> label.getKey() + "=" + label.getValue())
                .collect(Collectors.joining(","));
    }

    /** Of a relay pod. */
    static Map<String, String> pod(Subject subject) {
        Map<String, String> labels = selector(subject);
        labels.put(PART_OF, "sallyport");
        labels.put(MANAGED_BY, OPERATOR);
        return labels;
    }

    /** Of all else. */
    static Map<String, String> object(Subject subject, Settings settings) {
        Map<String, String> labels = pod(subject);
        labels.put(VERSION, settings.version());
        return labels;
    }
}
