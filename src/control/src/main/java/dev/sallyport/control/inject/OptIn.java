package dev.sallyport.control.inject;

import org.jspecify.annotations.Nullable;

/**
 * Whether a pod is to be injected, by the label {@value #LABEL} of its namespace and its own. They are labels because a webhook is
 * selected by labels: one that is down is in the way of those who asked for it, and of nobody else.
 */
public final class OptIn {
    public static final String LABEL = "sallyport.dev/inject";

    public static final String YES = "true";
    public static final String NO = "false";

    private OptIn() {}

    /** {@code false} on either means no, else {@code true} on either means yes. Null is a label that is not there. */
    public static boolean holds(@Nullable String namespace, @Nullable String pod) {
        return !NO.equals(namespace) && !NO.equals(pod) && (YES.equals(namespace) || YES.equals(pod));
    }
}
