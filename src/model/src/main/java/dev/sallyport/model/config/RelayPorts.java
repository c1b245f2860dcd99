package dev.sallyport.model.config;

/** Ports that a relay has besides those of its listeners. */
public final class RelayPorts {
    /** The admin port where nothing says otherwise. It is open before there is a configuration. */
    public static final int ADMIN = 15_090;

    /** The admin port of a relay in the pod of an application: other than {@link #ADMIN}, which the sidecars of meshes have too. */
    public static final int SIDECAR_ADMIN = 15_790;

    /** Where such a relay takes the application's requests to go out, on loopback. */
    public static final int SIDECAR_FORWARD = 15_728;

    /** Where it takes connections to go out that the kernel redirects to it, on loopback. */
    public static final int SIDECAR_TRANSPARENT = 15_701;

    private RelayPorts() {}
}
