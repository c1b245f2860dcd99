package dev.sallyport.api.v1alpha1;

/**
 * No two of the first hundred rules have one name.
 *
 * <p>Comparing each rule with each costs the square of their number. The API server's budget bears that for a hundred rules, and it
 * reckons with the most that a list may hold, so the outer loop runs over numbers. In longer lists {@code control} finds the second
 * rule of a name and refuses it in status.
 */
final class RuleNames {
    private static final String DIGITS = "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]";

    static final String RULE = "!has(self.rules) || self.rules.size() > 100 || " + DIGITS + ".all(tens, " + DIGITS
            + ".all(ones, 10 * tens + ones >= self.rules.size() || !has(self.rules[10 * tens + ones].name)"
            + " || self.rules.exists_one(r, has(r.name) && r.name == self.rules[10 * tens + ones].name)))";
    static final String MESSAGE = "rules: two rules have the same name; give each its own, or none";

    private RuleNames() {}
}
