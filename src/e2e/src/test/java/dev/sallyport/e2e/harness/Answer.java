package dev.sallyport.e2e.harness;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What curl got.
 *
 * @param exit with which curl ended; 28 is a time-out, 56 a tunnel that was refused
 * @param status of the last answer, 0 if there was none
 * @param head the last answer's status line and fields, as they came
 */
public record Answer(int exit, int status, List<String> head, String body, String error) {

    /** Out of the output of {@code curl -i}. */
    public static Answer of(Run run) {
        List<String> head = List.of();
        String rest = run.out();
        int status = 0;
        while (rest.startsWith("HTTP/")) {
            int end = rest.indexOf("\r\n\r\n");
            if (end < 0) {
                break;
            }
            head = rest.substring(0, end).lines().toList();
            rest = rest.substring(end + 4);
            status = Integer.parseInt(head.getFirst().split(" ")[1]);
        }
        return new Answer(run.status(), status, head, rest, run.err());
    }

    /** The field's values, in their order. */
    public List<String> fields(String name) {
        String prefix = name.toLowerCase(Locale.ROOT) + ":";
        List<String> values = new ArrayList<>();
        for (String line : head) {
            if (line.toLowerCase(Locale.ROOT).startsWith(prefix)) {
                values.add(line.substring(prefix.length()).strip());
            }
        }
        return values;
    }

    /** All values of the field, with commas between them. */
    public String field(String name) {
        return String.join(", ", fields(name));
    }

    /** The pod or machine that answered, by its own word. */
    public String server() {
        return field("X-Echo-Pod");
    }

    /** A field of the request that the server received, as it says in the body. */
    public String received(String name) {
        String prefix = name.toLowerCase(Locale.ROOT) + ":";
        return String.join(
                ", ",
                body.lines()
                        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
                        .map(line -> line.substring(prefix.length()).strip())
                        .toList());
    }
}
