package dev.sallyport.control.validate;

import com.google.common.net.InternetDomainName;
import dev.sallyport.model.name.HostPattern;
import org.jspecify.annotations.Nullable;

/** Reads host patterns and host names. */
final class Hosts {
    private Hosts() {}

    /** The pattern, or null when {@code findings} has an error more. */
    static @Nullable HostPattern pattern(String path, String text, Findings findings) {
        try {
            return HostPattern.parse(text);
        } catch (IllegalArgumentException e) {
            findings.error(
                    path,
                    String.valueOf(e.getMessage()),
                    "write example.com, *.example.com, .example.com or *, each with or without a port such as :8443");
            return null;
        }
    }

    /** A host name, maybe after {@code *.}; or null when {@code findings} has an error more. */
    static @Nullable String name(String path, String text, Findings findings) {
        HostPattern pattern = pattern(path, text, findings);
        if (pattern == null) {
            return null;
        }
        boolean named = pattern.kind() == HostPattern.Kind.EXACT || pattern.kind() == HostPattern.Kind.SUBDOMAINS;
        if (!named || pattern.port() != 0) {
            findings.error(path, "'" + text + "' is not a host name", "write shop.example.com or *.example.com");
            return null;
        }
        return pattern.toString();
    }

    /** Whether the pattern is a wildcard on a suffix of a registry, such as {@code co.uk}, below which anybody registers names. */
    static boolean isOnRegistrySuffix(HostPattern pattern) {
        InternetDomainName suffix = wildcarded(pattern);
        return suffix != null && suffix.isRegistrySuffix();
    }

    /** Whether it is one on a domain whose owner gives names to others, such as {@code github.io}. */
    static boolean isOnSharedDomain(HostPattern pattern) {
        InternetDomainName suffix = wildcarded(pattern);
        return suffix != null && suffix.isPublicSuffix() && !suffix.isRegistrySuffix();
    }

    private static @Nullable InternetDomainName wildcarded(HostPattern pattern) {
        return switch (pattern.kind()) {
            case SUBDOMAINS, DOMAIN ->
                InternetDomainName.isValid(pattern.name()) ? InternetDomainName.from(pattern.name()) : null;
            case EXACT, ADDRESS, ANY -> null;
        };
    }
}
