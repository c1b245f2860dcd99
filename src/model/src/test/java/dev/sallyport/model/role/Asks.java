package dev.sallyport.model.role;

import dev.sallyport.model.address.IpAddress;
import dev.sallyport.model.request.Ascii;
import dev.sallyport.model.request.RequestView;
import java.net.InetAddress;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** Asks and peers as a relay would make them. */
final class Asks {
    static final Peer PEER = peer("10.1.0.7");

    private Asks() {}

    record Request(Ascii method, Ascii host, int port, Ascii path, Ascii query, Map<String, Ascii> fields)
            implements RequestView {
        @Override
        public Ascii field(String lowerCaseName) {
            return fields.get(lowerCaseName);
        }
    }

    record HttpAsk(RequestView request, boolean absoluteForm, String scheme) implements Ask.Http {}

    /** A request on a connection that was redirected. */
    record RedirectedAsk(RequestView request, boolean absoluteForm, String scheme, OriginalDestination original)
            implements Ask.Http {}

    record ConnectAsk(RequestView request) implements Ask.Connect {}

    static Peer peer(String address) {
        return new Peer(InetAddress.ofLiteral(address), 40_000, "main");
    }

    static RequestView request(String method, String host, int port, String path, Map<String, String> fields) {
        return new Request(
                Ascii.of(method),
                Ascii.of(host),
                port,
                Ascii.of(path),
                Ascii.of(""),
                fields.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, e -> Ascii.of(e.getValue()))));
    }

    /** {@code GET http://host:port/}, as to a forward proxy. */
    static Ask absolute(String method, String host, int port) {
        return new HttpAsk(request(method, host, port, "/", Map.of()), true, "http");
    }

    static Ask get(String host, int port) {
        return absolute("GET", host, port);
    }

    static Ask connect(String host, int port) {
        return new ConnectAsk(request("CONNECT", host, port, "", Map.of()));
    }

    /** Bytes of which nothing is known, redirected on their way to an address. */
    static Ask.OriginalDestination redirected(String address, int port) {
        return new Ask.OriginalDestination(Objects.requireNonNull(IpAddress.parse(address)), port, null);
    }

    /** TLS, redirected on its way to an address. */
    static Ask redirected(String address, int port, String serverName) {
        return new Ask.OriginalDestination(
                Objects.requireNonNull(IpAddress.parse(address)), port, new Ask.ServerName(Ascii.of(serverName)));
    }

    /** A request in origin form with a query, as to a server. */
    static Ask origin(String method, String host, int port, String path, String query) {
        return new HttpAsk(
                new Request(Ascii.of(method), Ascii.of(host), port, Ascii.of(path), Ascii.of(query), Map.of()),
                false,
                "http");
    }

    /** A request in origin form, as to a server. */
    static Ask origin(String method, String host, String path, Map<String, String> fields) {
        return new HttpAsk(request(method, host, -1, path, fields), false, "http");
    }

    static Ask origin(String host, String path) {
        return origin("GET", host, path, Map.of());
    }
}
