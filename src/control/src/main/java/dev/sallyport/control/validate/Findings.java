package dev.sallyport.control.validate;

import dev.sallyport.control.validate.Finding.Reason;
import java.util.ArrayList;
import java.util.List;

/** Collects what is found in one object, or in one rule of it. */
public final class Findings {
    private final List<Finding> found = new ArrayList<>();

    public void error(String path, String problem, String remedy) {
        add(path, problem, remedy, Reason.INVALID);
    }

    public void warning(String path, String problem, String remedy) {
        add(path, problem, remedy, Reason.UNWISE);
    }

    void add(String path, String problem, String remedy, Reason reason) {
        found.add(new Finding(path, problem, remedy, reason));
    }

    public boolean hasErrors() {
        return found.stream().anyMatch(Finding::isError);
    }

    public List<Finding> list() {
        return List.copyOf(found);
    }
}
