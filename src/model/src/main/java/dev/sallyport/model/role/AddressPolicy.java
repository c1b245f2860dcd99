package dev.sallyport.model.role;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** Judges an address that is about to be dialled, after names were resolved and on every try. */
public interface AddressPolicy {
    /** For destinations that the operator chose. */
    AddressPolicy ANY = (address, port) -> null;

    /** The guard that {@code address} falls under, or null when it may be dialled. */
    @Nullable
    Guarded judge(InetAddress address, int port);

    /**
     * A guarded address.
     *
     * @param reason what it is, such as {@code private address}
     * @param enforced whether it must not be dialled; false when a rule in Report mode alone denies it
     */
    record Guarded(String reason, boolean enforced) {}
}
