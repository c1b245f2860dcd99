package dev.sallyport.operator.cluster;

import java.io.IOException;
import java.nio.file.Path;

/** Runs what a relay's container would run. */
public interface RelayRunner {
    /**
     * Starts a relay.
     *
     * @param address the pod's address, a loopback one of its own
     * @param configuration the mounted directory, which swaps {@code ..data} as the kubelet does
     * @return ends it
     */
    AutoCloseable start(String address, Path configuration) throws IOException;
}
