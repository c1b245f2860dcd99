package dev.sallyport.relay.http;

/** The version of HTTP that a message came in. */
public enum Version {
    HTTP_1_0("HTTP/1.0"),
    HTTP_1_1("HTTP/1.1"),
    HTTP_2("HTTP/2");

    private final String text;

    Version(String text) {
        this.text = text;
    }

    /** The name in logs and metrics. */
    public String text() {
        return text;
    }
}
