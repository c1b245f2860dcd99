package dev.sallyport.control.validate;

/**
 * Something about an object that its owner should know.
 *
 * @param path of the field, such as {@code spec.rules[2].allow.hosts[0]}
 * @param problem what is wrong, as a clause that follows the path
 * @param remedy what would be right, as an order
 * @param reason what sort of thing it is
 */
public record Finding(String path, String problem, String remedy, Reason reason) {
    /** What a finding means for the object. */
    public enum Severity {
        /** Legal but unwise; nothing changes for it. */
        WARNING,
        /** The field cannot be used: its rule is refused, or the whole object when the field belongs to no rule. */
        ERROR
    }

    /** What sort of thing was found. */
    public enum Reason {
        UNWISE("Unwise", Severity.WARNING),
        INVALID("Invalid", Severity.ERROR),
        /** The relay cannot bind the port, because it or another listener has it. */
        PORT_UNAVAILABLE("PortUnavailable", Severity.ERROR),
        /** The configuration does not fit a ConfigMap. */
        CONFIG_TOO_LARGE("ConfigTooLarge", Severity.ERROR);

        private final String word;
        private final Severity severity;

        Reason(String word, Severity severity) {
            this.word = word;
            this.severity = severity;
        }

        /** As it stands in a condition. */
        public String word() {
            return word;
        }
    }

    public Severity severity() {
        return reason.severity;
    }

    public boolean isError() {
        return severity() == Severity.ERROR;
    }

    /** {@code path: problem; remedy}. */
    @Override
    public String toString() {
        return path + ": " + problem + "; " + remedy;
    }
}
