package dev.gantry.identity;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which groups an identity provider asks for: those of which everything is true that is not null.
 *
 * @param name compared without case
 * @param externalId the provider's own name for it, letter by letter
 * @param member a user who is in it
 */
public record GroupQuery(
        @Nullable UUID id,
        @Nullable String name,
        @Nullable String externalId,
        @Nullable UUID member) {
    /** All of them. */
    public static final GroupQuery ALL = new GroupQuery(null, null, null, null);
}
