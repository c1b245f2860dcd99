package dev.sallyport.model.role;

/** Is told the way of a decision: which rules were tried, what each saw, which decided. */
public interface Trail {
    /** For decisions that nobody asks about. */
    Trail NONE = new Trail() {
        @Override
        public boolean wanted() {
            return false;
        }

        @Override
        public void step(String rule, String saw, boolean matched) {}
    };

    /** Whether steps are looked at; those who decide build none otherwise. */
    boolean wanted();

    /**
     * @param rule the rule that was tried
     * @param saw what it compared
     */
    void step(String rule, String saw, boolean matched);
}
