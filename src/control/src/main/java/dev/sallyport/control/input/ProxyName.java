package dev.sallyport.control.input;

/** Where a proxy is, whichever kind it is of. */
public record ProxyName(String namespace, String name) {
    /** {@code namespace/name}. */
    public String key() {
        return namespace + "/" + name;
    }
}
