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

    /** Where it takes connections that the kernel redirects from the first of the application's ports; from the next, one further. */
    public static final int SIDECAR_INBOUND = 15_710;

    /** From how many ports of the application they are redirected at most. */
    public static final int SIDECAR_INBOUND_MOST = 16;

    private RelayPorts() {}
}
