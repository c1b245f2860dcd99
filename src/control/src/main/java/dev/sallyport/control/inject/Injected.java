package dev.sallyport.control.inject;

import java.util.Map;

/** How injected pods are known. */
public final class Injected {
    /** The label that tells whose relay carries the pod's traffic. */
    public static final String RELAY = "sallyport.dev/relay";

    /** Its value on pods with a relay of their own. */
    public static final String SIDECAR = Choices.Mode.SIDECAR.word();

    /** The label that names the ForwardProxy. */
    public static final String EGRESS = "sallyport.dev/egress";

    private Injected() {}

    static Map<String, String> labels(String relay, String egress) {
        return Map.of(RELAY, relay, EGRESS, egress);
    }
}
