package dev.gantry.identity;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A key that somebody wants.
 *
 * @param name what to call it
 * @param principal whose rights it shall carry: an e-mail address, a service account's name, or an id; null for the
 *     caller itself
 * @param team the team to bind it to; null for none
 * @param project the tag for cost allocation; null for none
 * @param permissions what to restrict it to; null for all that its owner may do
 * @param expiresAt when it shall stop working; null for never
 */
public record KeyRequest(
        String name,
        @Nullable String principal,
        @Nullable String team,
        @Nullable String project,
        @Nullable List<String> permissions,
        @Nullable Instant expiresAt) {
    /** Copies the permissions. */
    public KeyRequest {
        permissions = permissions == null ? null : List.copyOf(permissions);
    }

    /** An unrestricted key for the caller itself. */
    public static KeyRequest named(String name) {
        return new KeyRequest(name, null, null, null, null, null);
    }
}
