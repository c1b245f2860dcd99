package dev.sallyport.relay.upstream.endpoints;

import com.fasterxml.jackson.databind.JsonNode;
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
    static Slice read(JsonNode slice) throws UnreadableException {
        String name = text(slice.path("metadata").path("name"), "metadata.name");
        String type = text(slice.path("addressType"), "addressType");
        Map<String, Integer> ports = new HashMap<>();
        for (JsonNode port : list(slice.path("ports"), "ports")) {
            int number = port.path("port").asInt(0);
            String protocol = port.path("protocol").asText("TCP");
            if (number > 0 && number < 65_536 && protocol.equals("TCP")) {
                ports.put(port.path("name").asText(""), number);
            }
        }
        List<Slice.Ready> endpoints = new ArrayList<>();
        if (type.equals("IPv4") || type.equals("IPv6")) {
            for (JsonNode endpoint : list(slice.path("endpoints"), "endpoints")) {
                List<String> addresses = addresses(endpoint);
                if (isReady(endpoint.path("conditions")) && !addresses.isEmpty()) {
                    endpoints.add(new Slice.Ready(
                            addresses, endpoint.path("targetRef").path("uid").asText("")));
                }
            }
        }
        return new Slice(name, Map.copyOf(ports), List.copyOf(endpoints));
    }

    /** A condition that is absent or null is unknown; {@code ready} then means yes, {@code terminating} no. */
    private static boolean isReady(JsonNode conditions) {
        return conditions.path("ready").asBoolean(true)
                && !conditions.path("terminating").asBoolean(false);
    }

    /** Without what is not an address: whoever wrote it meant nothing that can be dialled. */
    private static List<String> addresses(JsonNode endpoint) {
        List<String> literals = new ArrayList<>();
        for (JsonNode address : endpoint.path("addresses")) {
            String text = address.textValue();
            if (text != null && WHOLE.matcher(text).matches()) {
                try {
                    literals.add(InetAddress.ofLiteral(text).getHostAddress());
                } catch (IllegalArgumentException e) {
                    // not an address
                }
            }
        }
        return List.copyOf(literals);
    }

    private static String text(JsonNode node, String path) throws UnreadableException {
        if (!node.isTextual() || node.textValue().isEmpty()) {
            throw new UnreadableException("EndpointSlice without " + path);
        }
        return node.textValue();
    }

    private static Iterable<JsonNode> list(JsonNode node, String path) throws UnreadableException {
        if (node.isMissingNode() || node.isNull()) {
            return List.of();
        }
        if (!node.isArray()) {
            throw new UnreadableException("EndpointSlice whose " + path + " are no list");
        }
        return node;
    }
}
