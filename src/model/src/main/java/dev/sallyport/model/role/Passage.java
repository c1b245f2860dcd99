package dev.sallyport.model.role;

import dev.sallyport.model.name.HostPattern;
import dev.sallyport.model.name.HostPatterns;
import dev.sallyport.model.request.Ascii;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rules for connections that are passed through unread: by the server name that TLS tells, or one for all. */
final class Passage {
    private final HostPatterns names;
    private final List<Way> named = new ArrayList<>();
    private final @Nullable Way others;

    /** One rule and where it sends. */
    record Way(String rule, Choice choice) {}

    /**
     * @param rules in their order
     * @param serverNames of each rule; none: for all that no other rule names
     */
    Passage(List<Way> rules, List<List<HostPattern>> serverNames) {
        List<HostPattern> patterns = new ArrayList<>();
        Way unnamed = null;
        for (int i = 0; i < rules.size(); i++) {
            for (HostPattern pattern : serverNames.get(i)) {
                patterns.add(pattern);
                named.add(rules.get(i));
            }
            unnamed = unnamed == null && serverNames.get(i).isEmpty() ? rules.get(i) : unnamed;
        }
        this.names = new HostPatterns(patterns);
        this.others = unnamed;
    }

    /** The rule for a server name: an exact name before the longest wildcard before none; of equals the first. */
    @Nullable
    Way find(Ascii serverName) {
        int pattern = serverName.length() == 0 ? HostPatterns.NONE : names.mostSpecific(serverName);
        return pattern == HostPatterns.NONE ? others : named.get(pattern);
    }

    /** The rule for what tells nothing. */
    @Nullable
    Way others() {
        return others;
    }

    /** A server name, or a wildcard for all names below one. */
    static HostPattern serverName(String text) {
        HostPattern name = HostPattern.parse(text);
        boolean sound = switch (name.kind()) {
            case EXACT, SUBDOMAINS -> true;
            case ADDRESS, DOMAIN, ANY -> false;
        };
        if (!sound || name.port() != 0) {
            throw new IllegalArgumentException("'" + text + "' is not a server name: write shop.example.com or"
                    + " *.shop.example.com without a port, or no server name at all to serve what no other rule names");
        }
        return name;
    }
}
