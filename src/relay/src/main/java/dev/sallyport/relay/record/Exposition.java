package dev.sallyport.relay.record;

/** Writes Prometheus' text format, version 0.0.4. */
final class Exposition {
    private final StringBuilder out = new StringBuilder(8192);
    private String family = "";

    /** Begins a family; its samples follow. */
    void family(String name, String type, String help) {
        family = name;
        out.append("# HELP ").append(name).append(' ').append(help).append('\n');
        out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    /** A family of one sample without labels. */
    void single(String name, String type, String help, long value) {
        family(name, type, help);
        sample(value);
    }

    /** A sample of the family, with labels as name and value in turn. */
    void sample(long value, String... labels) {
        suffixed("", Long.toString(value), labels);
    }

    /** A sample whose name is that of the family with a suffix. */
    void suffixed(String suffix, String value, String... labels) {
        out.append(family).append(suffix);
        for (int i = 0; i < labels.length; i += 2) {
            out.append(i == 0 ? '{' : ',').append(labels[i]).append("=\"");
            escape(labels[i + 1]);
            out.append('"');
        }
        out.append(labels.length == 0 ? " " : "} ").append(value).append('\n');
    }

    /** A number as a sample shows it. */
    static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1L << 53
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    private void escape(String label) {
        for (int i = 0; i < label.length(); i++) {
            char c = label.charAt(i);
            switch (c) {
                case '\\' -> out.append("\\\\");
                case '"' -> out.append("\\\"");
                case '\n' -> out.append("\\n");
                default -> out.append(c);
            }
        }
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
