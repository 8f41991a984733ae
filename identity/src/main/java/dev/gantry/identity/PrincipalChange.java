package dev.gantry.identity;

import org.jspecify.annotations.Nullable;

/**
 * What to change about a user or service account; null leaves a thing as it is.
 *
 * @param name the new e-mail address or service account name
 * @param displayName the new name for people to read
 * @param active false stops all keys of it, true lets them work again
 */
public record PrincipalChange(
        @Nullable String name,
        @Nullable String displayName,
        @Nullable Boolean active) {}
