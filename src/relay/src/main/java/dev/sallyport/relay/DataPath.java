package dev.sallyport.relay;

import dev.sallyport.model.config.InvalidConfigException;
import dev.sallyport.model.config.RelayConfig;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Serves clients as a configuration says. */
public interface DataPath {
    /**
     * Serves {@code config} in place of what was served before; what did not change is not touched. When it returns,
     * all listeners accept.
     *
     * @throws InvalidConfigException when it cannot; then what was served before goes on
     */
    void apply(RelayConfig config) throws InvalidConfigException;

    /** Where each listener accepts, by its name. */
    Map<String, InetSocketAddress> addresses();

    /**
     * Accepts nothing new, lets what runs end by itself for {@code grace}, then closes it. Completes when nothing is
     * left.
     */
    CompletionStage<?> drain(Duration grace);
}
