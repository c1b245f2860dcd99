package dev.sallyport.relay.upstream.endpoints;

import dev.sallyport.model.json.Json;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads EndpointSlices out of JSON. What must be there and is not makes the whole unreadable; what is odd in an endpoint leaves out the endpoint. */
final class SliceReader {
    /** Four numbers, or something of IPv6 without a zone; Java also takes {@code 10.1} for an address. */
    private static final Pattern WHOLE = Pattern.compile("[0-9]+(\\.[0-9]+){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    private SliceReader() {}

    /**
     * @throws UnreadableException when it is no EndpointSlice
     */
    static Slice read(Json slice) throws UnreadableException {
        String name = text(slice.at("metadata").at("name"), "metadata.name");
        String type = text(slice.at("addressType"), "addressType");
        Map<String, Integer> ports = new HashMap<>();
        for (Json port : list(slice.at("ports"), "ports")) {
            int number = port.at("port").number(0);
            String protocol = port.at("protocol").text("TCP");
            if (number > 0 && number < 65_536 && protocol.equals("TCP")) {
                ports.put(port.at("name").text(""), number);
            }
        }
        List<Slice.Ready> endpoints = new ArrayList<>();
        if (type.equals("IPv4") || type.equals("IPv6")) {
            for (Json endpoint : list(slice.at("endpoints"), "endpoints")) {
                List<String> addresses = addresses(endpoint);
                if (isReady(endpoint.at("conditions")) && !addresses.isEmpty()) {
                    endpoints.add(new Slice.Ready(
                            addresses, endpoint.at("targetRef").at("uid").text("")));
                }
            }
        }
        return new Slice(name, Map.copyOf(ports), List.copyOf(endpoints));
    }

    /** A condition that is absent or null is unknown; {@code ready} then means yes, {@code terminating} no. */
    private static boolean isReady(Json conditions) {
        return conditions.at("ready").flag(true)
                && !conditions.at("terminating").flag(false);
    }

    /** Without what is not an address: whoever wrote it meant nothing that can be dialled. */
    private static List<String> addresses(Json endpoint) {
        List<String> literals = new ArrayList<>();
        for (Json address : endpoint.at("addresses").items()) {
            String text = address.text("");
            if (WHOLE.matcher(text).matches()) {
                try {
                    literals.add(InetAddress.ofLiteral(text).getHostAddress());
                } catch (IllegalArgumentException e) {
                    // not an address
                }
            }
        }
        return List.copyOf(literals);
    }

    private static String text(Json value, String path) throws UnreadableException {
        String text = value.text("");
        if (text.isEmpty()) {
            throw new UnreadableException("EndpointSlice without " + path);
        }
        return text;
    }

    private static List<Json> list(Json value, String path) throws UnreadableException {
        if (!(value instanceof Json.Items) && !(value instanceof Json.Nothing)) {
            throw new UnreadableException("EndpointSlice whose " + path + " are no list");
        }
        return value.items();
    }
}
