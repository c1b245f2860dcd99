package dev.sallyport.cli;

import picocli.CommandLine.IVersionProvider;

/** The version that this was built as. */
final class Version implements IVersionProvider {
    /** As the jar's manifest says; {@code development} where there is no jar. */
    static final String CURRENT = current();

    private static String current() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    @Override
    public String[] getVersion() {
        return new String[] {"sallyport " + CURRENT};
    }
}
