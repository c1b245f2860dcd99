package dev.sallyport.control.resolve;

/**
 * A reference that leads nowhere.
 *
 * @param path of the reference, such as {@code spec.rules[2].backendRefs[0].name}
 * @param message what is wrong and what would be right, without the path
 */
public record Unresolved(String path, Reason reason, String message) {
    /** Why, in Gateway API's words. */
    public enum Reason {
        /** There is no such Service, or it has no such port. */
        BACKEND_NOT_FOUND("BackendNotFound"),
        /** The Service is of a kind that has no endpoints. */
        INVALID_KIND("InvalidKind"),
        /** The port does not carry TCP. */
        UNSUPPORTED_PROTOCOL("UnsupportedProtocol"),
        /** There is no such Secret, or it holds no certificate with its key. */
        INVALID_CERTIFICATE_REF("InvalidCertificateRef"),
        /** There is no such object, or it holds no certificates of authorities. */
        INVALID_CA_CERTIFICATE_REF("InvalidCACertificateRef"),
        /** It is in a namespace from which nothing is taken. */
        REF_NOT_PERMITTED("RefNotPermitted");

        private final String word;

        Reason(String word) {
            this.word = word;
        }

        /** As it stands in a condition. */
        public String word() {
            return word;
        }
    }

    @Override
    public String toString() {
        return path + ": " + message;
    }
}
