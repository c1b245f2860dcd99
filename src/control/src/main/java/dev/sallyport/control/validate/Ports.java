package dev.sallyport.control.validate;

import dev.sallyport.control.input.Settings;
import dev.sallyport.model.config.Listener.Protocol;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Sees to it that a relay can bind all ports of its object. */
final class Ports {
    private final Settings settings;
    private final Findings findings;
    private final Map<Integer, CheckedListener> taken = new HashMap<>();

    Ports(Settings settings, Findings findings) {
        this.settings = settings;
        this.findings = findings;
    }

    CheckedListener take(String path, String name, int port, List<Protocol> protocols) {
        var listener = new CheckedListener(name, port, settings.boundPort(port), protocols);
        CheckedListener other = taken.putIfAbsent(listener.boundPort(), listener);
        String binds = port == listener.boundPort()
                ? "port " + port
                : "port " + port + ", bound as " + listener.boundPort() + ",";
        if (port < 1 || port > 65_535) {
            findings.error(path, port + " is not a port", "give one from 1 to 65535");
        } else if (listener.boundPort() == settings.adminPort()) {
            findings.add(
                    path,
                    binds + " is the one on which relays answer about themselves",
                    "take another port",
                    Finding.Reason.PORT_UNAVAILABLE);
        } else if (other != null) {
            findings.add(
                    path,
                    binds + " is taken by listener " + other.name()
                            + (other.port() == port
                                    ? ""
                                    : ", whose port " + other.port() + " is bound as " + other.boundPort()),
                    "give each listener a port of its own",
                    Finding.Reason.PORT_UNAVAILABLE);
        }
        return listener;
    }
}
