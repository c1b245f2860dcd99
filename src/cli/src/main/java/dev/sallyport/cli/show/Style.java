package dev.sallyport.cli.show;

/** Colours, where the terminal shows them and NO_COLOR (https://no-color.org) does not forbid them. */
public enum Style {
    GOOD("32"),
    BAD("31"),
    WARNING("33"),
    QUIET("2"),
    STRONG("1");

    private final String code;

    Style(String code) {
        this.code = code;
    }

    /** {@code text} in this style, or as it is where {@code colours} is false. */
    public String of(String text, boolean colours) {
        return colours ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }

    /** Whether this process writes to a terminal that shows colours. */
    public static boolean wanted() {
        String terminal = System.getenv("TERM");
        return System.console() != null
                && System.console().isTerminal()
                && System.getenv("NO_COLOR") == null
                && terminal != null
                && !terminal.equals("dumb");
    }
}
