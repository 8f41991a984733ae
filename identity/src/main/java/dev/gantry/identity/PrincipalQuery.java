package dev.gantry.identity;

import org.jspecify.annotations.Nullable;

/**
 * Which users and service accounts are wanted; all that is given must hold.
 *
 * @param kind which of the two; null for both
 * @param active whether they are; null for all
 * @param text what the name or the display name has in it, without regard to case; null for anything
 */
public record PrincipalQuery(
        @Nullable PrincipalKind kind,
        @Nullable Boolean active,
        @Nullable String text) {
    /** Everybody. */
    public static final PrincipalQuery ALL = new PrincipalQuery(null, null, null);

    /** All of one kind. */
    public static PrincipalQuery of(PrincipalKind kind) {
        return new PrincipalQuery(kind, null, null);
    }
}
