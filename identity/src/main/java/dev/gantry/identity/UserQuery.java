package dev.gantry.identity;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which users an identity provider asks for: those of whom everything is true that is not null. Names and addresses are
 * compared without case.
 *
 * @param name the e-mail address that is their name
 * @param externalId the provider's own name for them, letter by letter
 * @param email one of the addresses that the provider keeps with them
 */
public record UserQuery(
        @Nullable UUID id,
        @Nullable String name,
        @Nullable String externalId,
        @Nullable String displayName,
        @Nullable String email,
        @Nullable Boolean active) {
    /** All of them. */
    public static final UserQuery ALL = new UserQuery(null, null, null, null, null, null);
}
