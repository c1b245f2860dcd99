package dev.sallyport.control.validate;

import dev.sallyport.model.address.Prefix;
import io.fabric8.kubernetes.api.model.LabelSelector;

/** Some clients of a forward proxy, beside the pods of its own namespace. */
public sealed interface ClientPeer {
    /** The pods of all namespaces that {@code selector} selects. */
    record Namespaces(LabelSelector selector) implements ClientPeer {}

    /** The addresses of a network. */
    record Network(Prefix prefix) implements ClientPeer {}
}
