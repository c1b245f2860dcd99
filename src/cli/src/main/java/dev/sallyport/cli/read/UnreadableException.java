package dev.sallyport.cli.read;

/** A file cannot be read as objects. The message is the position and the problem. */
public final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Position position;
    private final String problem;

    public UnreadableException(Position position, String problem) {
        super(position + ": " + problem);
        this.position = position;
        this.problem = problem;
    }

    public Position position() {
        return position;
    }

    /** What is wrong. */
    public String problem() {
        return problem;
    }
}
