package dev.sallyport.control.validate;

import com.google.common.net.InternetDomainName;
import dev.sallyport.model.address.IpAddress;
import java.net.IDN;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Turns host patterns as people write them into {@link HostPattern}s. */
final class Hosts {
    private static final Pattern FORM = Pattern.compile("(\\*\\.|\\.)?([^*:]+?)(?::([0-9]{1,5}))?");
    private static final Pattern ANYTHING = Pattern.compile("\\*(?::([0-9]{1,5}))?");
    private static final Pattern LABEL = Pattern.compile("[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?");

    /** Sharp s, final sigma and the joiners, which the IDNA of 2003 and that of 2008 turn into different names. */
    private static final Pattern DEVIATIONS = Pattern.compile("[\\u00df\\u03c2\\u200c\\u200d]");

    private static final String REMEDY =
            "write example.com, *.example.com, .example.com or *, each with or without a port such as :8443";

    private Hosts() {}

    /** The pattern in canonical form, or null when {@code findings} has an error more. */
    static @Nullable HostPattern pattern(String path, String text, Findings findings) {
        Matcher anything = ANYTHING.matcher(text);
        if (anything.matches()) {
            Integer port = port(path, text, anything.group(1), findings);
            return port == null ? null : new HostPattern(HostPattern.Kind.ANY, "", port);
        }
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            findings.error(path, "'" + text + "' is not a host pattern", REMEDY);
            return null;
        }
        String prefix = matcher.group(1);
        HostPattern.Kind kind = prefix == null
                ? HostPattern.Kind.EXACT
                : prefix.equals(".") ? HostPattern.Kind.APEX_AND_BELOW : HostPattern.Kind.BELOW;
        String name = name(path, matcher.group(2), findings);
        Integer port = port(path, text, matcher.group(3), findings);
        if (name == null || port == null) {
            return null;
        }
        if (kind != HostPattern.Kind.EXACT && IpAddress.parse(name) != null) {
            findings.error(path, "'" + text + "' is a wildcard over an address", "name the address without a wildcard");
            return null;
        }
        return new HostPattern(kind, name, port);
    }

    /** A name in A-label form and lower case, or an IPv4 literal; or null when {@code findings} has an error more. */
    static @Nullable String name(String path, String text, Findings findings) {
        if (IpAddress.parse(text) != null) {
            return text;
        }
        StringBuilder name = new StringBuilder();
        for (String label : text.split("\\.", -1)) {
            String ascii = label(path, label, findings);
            if (ascii == null) {
                return null;
            }
            name.append(name.isEmpty() ? "" : ".").append(ascii);
        }
        if (name.length() > 253) {
            findings.error(path, "'" + text + "' is longer than the 253 characters of a host name", "shorten it");
            return null;
        }
        String last = name.substring(name.lastIndexOf(".") + 1);
        if (last.chars().allMatch(c -> c >= '0' && c <= '9') || last.matches("0x[0-9a-f]*")) {
            findings.error(
                    path,
                    "'" + text + "' ends in a number, which some read as an address",
                    "write an address as four decimal numbers, or a name");
            return null;
        }
        return name.toString();
    }

    /** Whether names below {@code name} belong to different owners, as those below {@code co.uk} do. */
    static boolean isPublicSuffix(String name) {
        return InternetDomainName.isValid(name) && InternetDomainName.from(name).isPublicSuffix();
    }

    private static @Nullable String label(String path, String label, Findings findings) {
        if (DEVIATIONS.matcher(label).find()) {
            findings.error(
                    path,
                    "'" + label + "' has a letter that stands for different names in old and new software",
                    "write the label in its xn-- form");
            return null;
        }
        String ascii;
        try {
            ascii = isAscii(label) ? label.toLowerCase(Locale.ROOT) : IDN.toASCII(label, IDN.USE_STD3_ASCII_RULES);
        } catch (IllegalArgumentException e) {
            ascii = "";
        }
        if (ascii.length() > 63 || !LABEL.matcher(ascii).matches() || !isDecodable(ascii)) {
            findings.error(
                    path,
                    "'" + label + "' is not a label of a host name",
                    "use up to 63 letters, digits and hyphens, no hyphen first or last");
            return null;
        }
        return ascii;
    }

    private static boolean isDecodable(String label) {
        return !label.startsWith("xn--") || !IDN.toUnicode(label).equals(label);
    }

    private static boolean isAscii(String label) {
        return label.chars().allMatch(c -> c < 0x80);
    }

    /** 0 for none. */
    private static @Nullable Integer port(String path, String text, @Nullable String digits, Findings findings) {
        if (digits == null) {
            return 0;
        }
        int port = Integer.parseInt(digits);
        if (port < 1 || port > 65_535) {
            findings.error(path, "'" + text + "' has port " + digits, "give a port from 1 to 65535");
            return null;
        }
        return port;
    }
}
