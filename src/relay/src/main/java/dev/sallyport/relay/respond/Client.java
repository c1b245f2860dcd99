package dev.sallyport.relay.respond;

import dev.sallyport.model.request.Ascii;
import dev.sallyport.relay.http.Phrase;
import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;

/**
 * What forwarding fields say of a client, in the form in which they say it.
 *
 * @param address for {@code X-Forwarded-For}
 * @param node for {@code Forwarded}, quoted where RFC 7239, section 6, asks for it
 */
public record Client(Ascii address, Ascii node) {
    /** The client at an address. */
    public static Client at(InetAddress address) {
        String literal = NetUtil.toAddressString(address);
        String node = address instanceof Inet6Address ? "\"[" + literal + "]\"" : literal;
        return new Client(Phrase.of(literal), Phrase.of(node));
    }
}
