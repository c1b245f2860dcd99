package dev.sallyport.control.status;

/** The conditions of a proxy, in the order in which they stand in its status. */
public enum ConditionType {
    /** The object makes sense. */
    ACCEPTED("Accepted"),
    /** All that it refers to was found. */
    RESOLVED_REFS("ResolvedRefs"),
    /** Every ready relay serves it. */
    PROGRAMMED("Programmed"),
    /** The summary: all of the above, by as many relays as are wanted. */
    READY("Ready"),
    /** Of a rule: relays in the pods of applications serve it; there only while there are such relays. */
    SERVED_BY_SIDECARS("ServedBySidecars"),
    /** The operator is at work; there only while true. */
    RECONCILING("Reconciling"),
    /** It will not become ready by itself; there only while true. */
    STALLED("Stalled");

    private final String word;

    ConditionType(String word) {
        this.word = word;
    }

    /** As it stands in a condition. */
    public String word() {
        return word;
    }
}
