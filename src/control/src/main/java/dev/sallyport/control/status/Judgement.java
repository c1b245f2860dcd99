package dev.sallyport.control.status;

/**
 * What is to be said of one condition.
 *
 * @param good whether it is true
 * @param message a sentence or more: what, where, and what to do
 */
record Judgement(boolean good, Reason reason, String message) {
    static Judgement good(Reason reason, String message) {
        return new Judgement(true, reason, message);
    }

    static Judgement bad(Reason reason, String message) {
        return new Judgement(false, reason, message);
    }
}
