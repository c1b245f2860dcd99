package dev.sallyport.operator.webhook;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * When credentials are renewed, and by what: each when two thirds of its life are over. A new authority signs nothing before everyone has had
 * time to hear of it, so that no call fails on the way.
 *
 * @param names under which the API server calls
 */
record Rotation(List<String> names) {
    private static final Duration AUTHORITY_LIFE = Duration.ofDays(3 * 365);
    private static final Duration SERVER_LIFE = Duration.ofDays(90);
    private static final Duration SPREAD = Duration.ofHours(1);
    private static final String NAME = "sallyport-webhook";

    Rotation {
        names = List.copyOf(names);
    }

    /**
     * What is to be used in the place of {@code present}; empty: nothing else.
     *
     * @param present null for nothing
     */
    Optional<Credentials> next(@Nullable Credentials present, Instant now) {
        if (present == null || !isValid(present.server().certificate(), now)) {
            Issued authority = Issued.authority(NAME, now, AUTHORITY_LIFE);
            return Optional.of(new Credentials(
                    List.of(authority.certificate()), authority.key(), authority.server(names, now, SERVER_LIFE)));
        }
        X509Certificate newest = present.authorities().getFirst();
        if (isOld(newest, now)) {
            Issued authority = Issued.authority(NAME, now, AUTHORITY_LIFE);
            List<X509Certificate> authorities = new ArrayList<>(List.of(authority.certificate()));
            present.authorities().stream().filter(old -> isValid(old, now)).forEach(authorities::add);
            return Optional.of(new Credentials(authorities, authority.key(), present.server()));
        }
        boolean known = newest.getNotBefore().toInstant().plus(SPREAD).isBefore(now);
        boolean misnamed = !new HashSet<>(present.names()).equals(new HashSet<>(names));
        return misnamed || known && isOld(present.server().certificate(), now)
                ? Optional.of(new Credentials(
                        present.authorities(),
                        present.authorityKey(),
                        present.authority().server(names, now, SERVER_LIFE)))
                : Optional.empty();
    }

    private static boolean isValid(X509Certificate certificate, Instant now) {
        return now.isBefore(certificate.getNotAfter().toInstant());
    }

    private static boolean isOld(X509Certificate certificate, Instant now) {
        Instant from = certificate.getNotBefore().toInstant();
        Duration life = Duration.between(from, certificate.getNotAfter().toInstant());
        return now.isAfter(from.plus(life.multipliedBy(2).dividedBy(3)));
    }
}
