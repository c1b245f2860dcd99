package dev.sallyport.model.config;

/** Ports that a relay has besides those of its listeners. */
public final class RelayPorts {
    /** The admin port where nothing says otherwise. It is open before there is a configuration. */
    public static final int ADMIN = 15_090;

    private RelayPorts() {}
}
