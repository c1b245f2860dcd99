package dev.sallyport.control.inject;

import dev.sallyport.control.input.Settings;
import dev.sallyport.control.redirect.Redirect;
import dev.sallyport.control.validate.Findings;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What redirection would do to a pod that asks for it. */
public final class Redirection {
    private Redirection() {}

    /** Whether the pod asks for it. */
    public static boolean isAsked(Pod pod) {
        return Choices.Capture.REDIRECT
                .word()
                .equals(Objects.requireNonNullElse(pod.getMetadata().getAnnotations(), Map.<String, String>of())
                        .get(Choices.PREFIX + Choices.CAPTURE));
    }

    /** The plan; empty where it is not asked for, or where {@code findings} get an error. */
    public static Optional<Redirect> of(Pod pod, Settings settings, Findings findings) {
        Choices choices = Choices.checked(pod, settings, findings);
        return findings.hasErrors() ? Optional.empty() : Optional.ofNullable(choices.redirect());
    }
}
