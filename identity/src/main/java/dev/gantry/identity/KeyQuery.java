package dev.gantry.identity;

import org.jspecify.annotations.Nullable;

/**
 * Which API keys are wanted; all that is given must hold.
 *
 * @param principal whose: an e-mail address, a service account's name, or an id; null for everybody's
 * @param team bound to which team, by name or id; null for any or none
 * @param project with which tag; null for any or none
 * @param text what the name has in it, or the prefix begins with, without regard to case; null for anything
 * @param state in which state; null for all that were not revoked
 */
public record KeyQuery(
        @Nullable String principal,
        @Nullable String team,
        @Nullable String project,
        @Nullable String text,
        @Nullable State state) {
    /** What has become of a key. */
    public enum State {
        /** It works, as far as its own is concerned. */
        ACTIVE,
        /** It has expired, and was not revoked. */
        EXPIRED,
        /** It was revoked. */
        REVOKED,
        /** Any of these. */
        ANY
    }

    /** Every key that was not revoked. */
    public static final KeyQuery LIVE = new KeyQuery(null, null, null, null, null);

    /** Keys of somebody, in whatever state. */
    public static KeyQuery of(String principal) {
        return new KeyQuery(principal, null, null, null, State.ANY);
    }
}
