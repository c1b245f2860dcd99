package dev.sallyport.api.v1alpha1;

/**
 * No two rules have one name. Comparing each with each costs the square of their number, which the API server's budget for
 * expressions bears up to {@value #CHECKED} rules; in longer lists {@code control} finds the second of the name and refuses it in status.
 */
final class RuleNames {
    static final int CHECKED = 200;
    static final String RULE = "!has(self.rules) || self.rules.size() > " + CHECKED
            + " || self.rules.all(r, !has(r.name) || self.rules.exists_one(o, has(o.name) && o.name == r.name))";
    static final String MESSAGE = "rules: two rules have the same name; give each its own, or none";

    private RuleNames() {}
}
