package dev.sallyport.control.validate;

import dev.sallyport.model.config.DisclosureMode;
import dev.sallyport.model.config.ForwardRule;
import dev.sallyport.model.config.Guards;
import dev.sallyport.model.config.Mode;
import dev.sallyport.model.config.ProxyProtocolSource;
import dev.sallyport.model.name.HostPattern;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A forward proxy whose every value can be used, defaults filled in.
 *
 * @param proxyProtocol what begins each connection; null: nothing
 * @param findings about what belongs to no rule
 */
public record CheckedForward(
        Running running,
        Mode mode,
        CheckedListener listener,
        @Nullable ProxyProtocolSource proxyProtocol,
        List<ClientPeer> clients,
        List<Rule> rules,
        Guards guards,
        List<Integer> connectPorts,
        DisclosureMode disclosure,
        Duration connectTimeout,
        Duration idleTimeout,
        Duration lifetime,
        List<Finding> findings) {

    /**
     * A rule, or an entry of {@code spec.allow}.
     *
     * @param name as records and status give it
     * @param hosts those that can be used
     * @param whole whether these are all that it names, and what it is to do is clear
     * @param ports empty: 80 and 443 for an allow, all for a deny
     * @param findings about this rule
     */
    public record Rule(
            String name,
            ForwardRule.Action action,
            Mode mode,
            List<HostPattern> hosts,
            boolean whole,
            List<Integer> ports,
            List<String> methods,
            List<Finding> findings) {}
}
