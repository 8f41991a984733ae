package dev.gantry.signin;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Somebody for whom an identity provider vouches.
 *
 * @param provider the provider's name in the configuration
 * @param issuer who vouches, by the name that it gives itself: the issuer of a token, the entity id of an assertion
 * @param subject who it is there, for ever
 * @param name the e-mail address of a user, or the name of a service account
 * @param addressVerified whether the provider says that the address is verified to be this person's
 * @param displayName for people to read; may be empty
 * @param organization the name of the organization that the provider puts them into; null if the configuration does
 * @param groups as the provider names them
 * @param statedAt when the provider said all this; null if it does not say, so that nobody can tell whether it still holds
 */
public record ExternalPerson(
        String provider,
        String issuer,
        String subject,
        String name,
        boolean addressVerified,
        String displayName,
        @Nullable String organization,
        List<String> groups,
        @Nullable Instant statedAt) {
    static final int ISSUER_LENGTH_MAX = 500;
    static final int SUBJECT_LENGTH_MAX = 255;

    /**
     * Copies the groups.
     *
     * @throws IllegalArgumentException if issuer or subject is empty or longer than 500 or 255 characters
     */
    public ExternalPerson {
        if (issuer.isEmpty() || issuer.length() > ISSUER_LENGTH_MAX) {
            throw new IllegalArgumentException("an issuer has 1 to " + ISSUER_LENGTH_MAX + " characters");
        }
        if (subject.isEmpty() || subject.length() > SUBJECT_LENGTH_MAX) {
            throw new IllegalArgumentException("a subject has 1 to " + SUBJECT_LENGTH_MAX + " characters");
        }
        groups = List.copyOf(groups);
    }
}
