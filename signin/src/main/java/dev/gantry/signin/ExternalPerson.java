package dev.gantry.signin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Somebody for whom an identity provider vouches.
 *
 * @param provider the provider's name in the configuration
 * @param subject who it is there, for ever
 * @param name the e-mail address of a user, or the name of a service account
 * @param displayName for people to read; may be empty
 * @param organization the name of the organization that the provider puts them into; null if the configuration does
 * @param groups as the provider names them
 */
public record ExternalPerson(
        String provider,
        String subject,
        String name,
        String displayName,
        @Nullable String organization,
        List<String> groups) {
    /** Copies the groups. */
    public ExternalPerson {
        groups = List.copyOf(groups);
    }
}
