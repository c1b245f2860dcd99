package dev.sallyport.model.role;

import org.jspecify.annotations.Nullable;

/** What a role decides on an ask. */
public sealed interface Verdict {
    /** The name of the rule that decided, or empty when none did. */
    String rule();

    /**
     * Goes to a destination.
     *
     * @param addresses judges each address that the destination resolves to, before it is dialled
     * @param retries how many tries may follow a failed first one, on other endpoints
     * @param overlooked what would have been decided if the policy, or the rule, were not in Report mode
     */
    record To(
            Destination destination,
            String rule,
            Disclosure disclosure,
            AddressPolicy addresses,
            Timeouts timeouts,
            int retries,
            @Nullable Refuse overlooked)
            implements Verdict {}

    /**
     * Is refused.
     *
     * @param status of the answer
     * @param error what the answer's {@code Proxy-Status} says
     * @param detail one sentence for the client and the record, without anything secret
     * @param location where the client is to go instead, as a URL, for a status from 300 to 399; else empty
     */
    record Refuse(int status, ProxyError error, String rule, String detail, String location) implements Verdict {
        /** A refusal that names no other place. */
        public Refuse(int status, ProxyError error, String rule, String detail) {
            this(status, error, rule, detail, "");
        }
    }
}
