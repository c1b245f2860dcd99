package dev.sallyport.relay.respond;

import dev.sallyport.model.request.Ascii;
import dev.sallyport.relay.http.FieldName;
import dev.sallyport.relay.http.MessageHead;
import dev.sallyport.relay.http.Phrase;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * How a relay names itself in {@code Via} (RFC 9110, section 7.6.3): by a pseudonym that no other relay has, so that it
 * knows a request that comes round to it again.
 */
public final class Via {
    private final String pseudonym;
    private final Ascii ofMinor0;
    private final Ascii ofMinor1;
    private final Ascii ofHttp2;

    Via(String pseudonym) {
        this.pseudonym = pseudonym;
        ofMinor0 = Phrase.of("1.0 " + pseudonym);
        ofMinor1 = Phrase.of("1.1 " + pseudonym);
        ofHttp2 = Phrase.of("2.0 " + pseudonym);
    }

    /** A name drawn at random. */
    public static Via random() {
        byte[] suffix = new byte[6];
        new SecureRandom().nextBytes(suffix);
        return new Via("sallyport-" + HexFormat.of().formatHex(suffix));
    }

    /** Whether a message has passed this relay before. */
    public boolean hasPassed(MessageHead head) {
        Ascii via = head.field(FieldName.VIA);
        return via != null && via.toString().contains(pseudonym);
    }

    /** The value of the field for a message that was received. */
    public Ascii after(MessageHead head) {
        return switch (head.version()) {
            case HTTP_1_0 -> ofMinor0;
            case HTTP_1_1 -> ofMinor1;
            case HTTP_2 -> ofHttp2;
        };
    }
}
