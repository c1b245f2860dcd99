package dev.sallyport.model.role;

import dev.sallyport.model.address.IpAddress;
import dev.sallyport.model.address.Prefix;
import dev.sallyport.model.address.PrefixPort;
import dev.sallyport.model.address.PrefixSet;
import dev.sallyport.model.address.SpecialPurpose;
import dev.sallyport.model.config.Guards;
import dev.sallyport.model.config.InvalidConfigException;
import dev.sallyport.model.request.Ascii;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The guards of a forward policy. What comes first decides: an address that a rule denies, the relay itself, an
 * exception, then the ranges, which hold in Report mode too. An IPv6 address is judged by the IPv4 address that it carries, too.
 */
final class Guard {
    /** Whether what rules deny is refused; false in Report mode. */
    private final boolean enforced;

    private final boolean specialPurpose;
    private final List<PrefixPort> except;
    private final PrefixSet clusterRanges;
    private final OwnAddresses own;
    private final Entries<?> denies;
    private final Entries<?> reported;

    Guard(Guards guards, At at, boolean enforced, OwnAddresses own, Entries<?> denies, Entries<?> reported)
            throws InvalidConfigException {
        this.enforced = enforced;
        this.specialPurpose = guards.privateRanges();
        this.except = at.readAll("except", guards.except(), PrefixPort::parse);
        this.clusterRanges = new PrefixSet(at.readAll("clusterRanges", guards.clusterRanges(), Prefix::parse));
        this.own = own;
        this.denies = denies;
        this.reported = reported;
    }

    /** The guard for requests with a method, as far as rules distinguish it. */
    AddressPolicy forMethod(Ascii method) {
        return (address, port) -> judge(address, port, method);
    }

    private AddressPolicy.@Nullable Guarded judge(InetAddress dialled, int port, Ascii method) {
        IpAddress address = IpAddress.of(dialled);
        List<IpAddress> reached = new ArrayList<>(SpecialPurpose.embedded(address));
        reached.addFirst(address);

        String denied = deniedBy(denies, reached, port, method);
        if (denied != null) {
            return new AddressPolicy.Guarded(denied, enforced);
        }
        if (reached.stream().anyMatch(each -> own.isLoop(each, port))) {
            return new AddressPolicy.Guarded("the relay itself", true);
        }
        String guarded = except.stream().anyMatch(each -> each.contains(address, port)) ? null : range(reached);
        if (guarded != null) {
            return new AddressPolicy.Guarded(guarded, true);
        }
        String overlooked = deniedBy(reported, reached, port, method);
        return overlooked == null ? null : new AddressPolicy.Guarded(overlooked, false);
    }

    private @Nullable String range(List<IpAddress> reached) {
        if (reached.stream().anyMatch(clusterRanges::contains)) {
            return "address of the cluster";
        }
        if (!specialPurpose) {
            return null;
        }
        String use = SpecialPurpose.of(reached.getFirst());
        return use == null && reached.stream().anyMatch(own::contains) ? "address of the relay" : use;
    }

    private static @Nullable String deniedBy(Entries<?> entries, List<IpAddress> reached, int port, Ascii method) {
        for (IpAddress address : reached) {
            Entries.Entry<?> entry = entries.firstLiteral(address, port, method);
            if (entry != null) {
                return "address denied by rule " + entry.rule();
            }
        }
        return null;
    }
}
