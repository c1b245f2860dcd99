package dev.sallyport.model.config;

import java.util.List;

/**
 * A PROXY protocol header, version 1 or 2, before all else on each connection of a listener. It is required: a connection
 * that begins otherwise, or comes from another peer, is closed.
 *
 * @param trusted the peers whose header is believed, as CIDR prefixes, at least one
 */
public record ProxyProtocolSource(List<String> trusted) {
    public ProxyProtocolSource {
        trusted = Lists.copy(trusted);
    }
}
