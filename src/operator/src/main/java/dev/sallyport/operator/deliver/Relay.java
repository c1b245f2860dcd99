package dev.sallyport.operator.deliver;

/**
 * One running relay, as far as delivery needs it.
 *
 * @param namespace of its pod
 * @param pod the name of its pod
 * @param uid the pod's identity, which no later pod of the same name shares
 * @param address the pod's IP address
 * @param adminPort where it answers {@code /config}
 * @param wanted names the configuration that it should serve
 */
public record Relay(String namespace, String pod, String uid, String address, int adminPort, String wanted) {
    /** {@code namespace/pod}. */
    public String key() {
        return namespace + "/" + pod;
    }
}
