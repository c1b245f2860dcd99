package dev.sallyport.relay.upstream.endpoints;

/** Which Service. */
record ServiceName(String namespace, String name) {
    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
