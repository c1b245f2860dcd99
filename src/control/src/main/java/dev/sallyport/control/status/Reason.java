package dev.sallyport.control.status;

import dev.sallyport.control.resolve.Unresolved;
import dev.sallyport.control.validate.Finding;

/** Why a condition is as it is. The words are part of the API; those of Gateway API are used where it has one. */
public enum Reason {
    // Accepted
    ACCEPTED("Accepted"),
    /** The object makes sense, and a certificate that it names is not valid now; it is shown all the same. */
    CERTIFICATE_EXPIRED("CertificateExpired"),
    /** A field of the object cannot be used, so nothing of it is. */
    INVALID("Invalid"),
    /** A relay could not bind a port of the object. */
    PORT_UNAVAILABLE("PortUnavailable"),
    /** What the relays would serve does not fit a ConfigMap. */
    CONFIG_TOO_LARGE("ConfigTooLarge"),
    /** Some rules cannot be used; the others are served. */
    RULES_REFUSED("RulesRefused"),
    /** An object of somebody else has a name that an object of this proxy needs. */
    CONFLICTED("Conflicted"),

    // ResolvedRefs
    RESOLVED_REFS("ResolvedRefs"),
    BACKEND_NOT_FOUND("BackendNotFound"),
    INVALID_KIND("InvalidKind"),
    UNSUPPORTED_PROTOCOL("UnsupportedProtocol"),
    INVALID_CERTIFICATE_REF("InvalidCertificateRef"),
    INVALID_CA_CERTIFICATE_REF("InvalidCACertificateRef"),
    REF_NOT_PERMITTED("RefNotPermitted"),

    // Programmed
    PROGRAMMED("Programmed"),
    /** Not all ready relays serve it yet. */
    PENDING("Pending"),
    /** A relay has the configuration, and not yet the Secret that it needs. */
    WAITING_FOR_SECRET("WaitingForSecret"),
    /** There are to be no relays. */
    NO_RELAYS("NoRelays"),
    /** A rule is for no pod of an application that has a relay. */
    NO_SIDECARS("NoSidecars"),
    /** A relay refused the configuration and goes on with the one before. */
    CONFIG_REFUSED("ConfigRefused"),
    /** The API server refused an object of this proxy. */
    APPLY_FAILED("ApplyFailed"),

    // Ready
    READY("Ready"),
    /** Relay pods are being started or replaced. */
    ROLLING_OUT("RollingOut"),
    /** A relay pod cannot start. */
    RELAY_FAILING("RelayFailing"),

    // Events
    /** What keeps strangers from the relays is enforced outside of them. */
    ENFORCEMENT_NEEDED("EnforcementNeeded");

    private final String word;

    Reason(String word) {
        this.word = word;
    }

    /** As it stands in a condition. */
    public String word() {
        return word;
    }

    static Reason of(Finding.Reason reason) {
        return switch (reason) {
            case UNWISE -> ACCEPTED;
            case INVALID -> INVALID;
            case PORT_UNAVAILABLE -> PORT_UNAVAILABLE;
            case CONFIG_TOO_LARGE -> CONFIG_TOO_LARGE;
        };
    }

    static Reason of(Unresolved.Reason reason) {
        return switch (reason) {
            case BACKEND_NOT_FOUND -> BACKEND_NOT_FOUND;
            case INVALID_KIND -> INVALID_KIND;
            case UNSUPPORTED_PROTOCOL -> UNSUPPORTED_PROTOCOL;
            case INVALID_CERTIFICATE_REF -> INVALID_CERTIFICATE_REF;
            case INVALID_CA_CERTIFICATE_REF -> INVALID_CA_CERTIFICATE_REF;
            case REF_NOT_PERMITTED -> REF_NOT_PERMITTED;
        };
    }
}
