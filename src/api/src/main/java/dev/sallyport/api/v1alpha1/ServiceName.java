package dev.sallyport.api.v1alpha1;

/** What a proxy may be called: the names of its Services begin with it (RFC 1035, section 2.3.1). */
final class ServiceName {
    static final String RULE = "self.metadata.name.matches('^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$')";
    static final String MESSAGE = "metadata.name: is not a name that a Service can have;"
            + " take at most 63 lower-case letters, digits and hyphens, a letter first and no hyphen last";

    private ServiceName() {}
}
