package dev.sallyport.model.config;

/** Whether a rule or a whole policy acts on what it finds. */
public enum Mode {
    ENFORCE,
    /** What the rules would refuse is let through and recorded with the rule that would have refused it. */
    REPORT
}
