package dev.sallyport.relay.http;

/** The scheme that a request target names. */
public enum Scheme {
    HTTP(80),
    HTTPS(443);

    private final int defaultPort;

    Scheme(int defaultPort) {
        this.defaultPort = defaultPort;
    }

    /** The port of an authority that names none. */
    public int defaultPort() {
        return defaultPort;
    }
}
