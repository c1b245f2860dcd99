package dev.sallyport.control.resolve;

import java.util.List;

/**
 * Where all references of a reverse proxy lead.
 *
 * @param rules for each rule the targets of its references, in their order; {@code spec.backendRefs} counts as one rule
 */
public record Resolution(List<List<Target>> rules) {
    public Resolution {
        rules = rules.stream().map(List::copyOf).toList();
    }

    /** The references that lead nowhere, in the order of the object. */
    public List<Unresolved> unresolved() {
        return rules.stream()
                .flatMap(List::stream)
                .filter(Target.Missing.class::isInstance)
                .map(target -> ((Target.Missing) target).why())
                .toList();
    }
}
