package dev.sallyport.model.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A way into the pod of an application, past its relay.
 *
 * @param port where the relay takes what is for the application; 0 lets the system choose one
 * @param applicationPort where the application itself listens, of the same pod
 */
public record Inbound(int port, int applicationPort) {
    private static final Pattern TEXT = Pattern.compile("(0|[1-9][0-9]{0,4})=([1-9][0-9]{0,4})");

    /** @throws IllegalArgumentException when a port is none, or both are one */
    public Inbound {
        if (port < 0 || port > 65_535 || applicationPort < 1 || applicationPort > 65_535) {
            throw new IllegalArgumentException(port + "=" + applicationPort + ": a port is from 1 to 65535");
        }
        if (port == applicationPort) {
            throw new IllegalArgumentException(
                    port + "=" + applicationPort + ": the relay and the application cannot have one port");
        }
    }

    /**
     * Reads the text form, {@code 15710=8080}.
     *
     * @throws IllegalArgumentException with a sentence that says what is wrong
     */
    public static Inbound parse(String text) {
        Matcher ports = TEXT.matcher(text);
        if (!ports.matches()) {
            throw new IllegalArgumentException(
                    text + " is not the relay's port and the application's: write 15710=8080");
        }
        return new Inbound(Integer.parseInt(ports.group(1)), Integer.parseInt(ports.group(2)));
    }

    @Override
    public String toString() {
        return port + "=" + applicationPort;
    }
}
