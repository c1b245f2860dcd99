package dev.sallyport.control.input;

/** The two kinds of proxies. */
public enum ProxyKind {
    FORWARD("ForwardProxy"),
    REVERSE("ReverseProxy");

    private final String kind;

    ProxyKind(String kind) {
        this.kind = kind;
    }

    /** The {@code kind} of its objects. */
    public String kind() {
        return kind;
    }
}
