package dev.sallyport.relay.respond;

import dev.sallyport.model.request.Ascii;
import dev.sallyport.relay.http.Phrase;
import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;

/**
 * What forwarding fields say of a client's connection, in the form in which they say it.
 *
 * @param address for {@code X-Forwarded-For}
 * @param node for {@code Forwarded}, quoted where RFC 7239, section 6, asks for it
 * @param scheme {@code http} or {@code https}
 */
public record Client(Ascii address, Ascii node, Ascii scheme) {
    private static final Phrase HTTP = Phrase.of("http");
    private static final Phrase HTTPS = Phrase.of("https");

    /**
     * The client at an address.
     *
     * @param secure whether it came by TLS
     */
    public static Client at(InetAddress address, boolean secure) {
        String literal = NetUtil.toAddressString(address);
        String node = address instanceof Inet6Address ? "\"[" + literal + "]\"" : literal;
        return new Client(Phrase.of(literal), Phrase.of(node), secure ? HTTPS : HTTP);
    }
}
