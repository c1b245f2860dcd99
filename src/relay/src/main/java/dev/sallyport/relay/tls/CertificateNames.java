package dev.sallyport.relay.tls;

import dev.sallyport.model.address.IpAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The names that a certificate is for: its alternative names, never the subject's common name (RFC 9525).
 *
 * @param exact names, in lower case
 * @param wildcards what follows {@code *.}, in lower case: such a name stands for those with one more label
 * @param addresses IP addresses
 */
public record CertificateNames(Set<String> exact, Set<String> wildcards, Set<IpAddress> addresses) {
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    /** Those of a certificate; what cannot be read in it is left out. */
    public static CertificateNames of(X509Certificate certificate) {
        Set<String> exact = new HashSet<>();
        Set<String> wildcards = new HashSet<>();
        Set<IpAddress> addresses = new HashSet<>();
        for (List<?> name : alternatives(certificate)) {
            if (!(name.get(1) instanceof String text)) {
                continue;
            }
            switch ((Integer) name.get(0)) {
                case DNS_NAME -> {
                    String lower = text.toLowerCase(Locale.ROOT);
                    if (lower.startsWith("*.")) {
                        wildcards.add(lower.substring(2));
                    } else {
                        exact.add(lower);
                    }
                }
                case IP_ADDRESS -> {
                    IpAddress address = IpAddress.parse(text);
                    if (address != null) {
                        addresses.add(address);
                    }
                }
                default -> {}
            }
        }
        return new CertificateNames(Set.copyOf(exact), Set.copyOf(wildcards), Set.copyOf(addresses));
    }

    private static Collection<List<?>> alternatives(X509Certificate certificate) {
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            return all == null ? List.of() : all;
        } catch (CertificateParsingException e) {
            return List.of();
        }
    }

    /** Whether a host, a name or an address without brackets, is among them. */
    public boolean cover(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return exact.contains(lower) || coverByWildcard(lower) || coverAddress(lower);
    }

    /** Whether a name in lower case is one label longer than a wildcard stands for (RFC 9525, section 6.3). */
    boolean coverByWildcard(String name) {
        int dot = name.indexOf('.');
        return dot > 0 && wildcards.contains(name.substring(dot + 1));
    }

    private boolean coverAddress(String host) {
        if (addresses.isEmpty()) {
            return false;
        }
        IpAddress address = IpAddress.parse(host);
        return address != null && addresses.contains(address);
    }
}
