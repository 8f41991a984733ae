package dev.gantry.identity;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An API key without its secrets.
 *
 * @param prefix the part of the key that may be shown; the key itself is {@code gk_<prefix>_<secret>}
 * @param name what its owner calls it
 * @param principal whose rights it carries
 * @param team the team that pays and whose namespace alone the key sees; null when it is bound to none
 * @param project the tag for cost allocation; null for none
 * @param permissions what the key is restricted to; null when it may do all that its owner may
 * @param expiresAt when it stops working; null for never
 * @param revokedAt when it was revoked; null when it was not
 * @param lastUsedAt about a minute exact; null when it was never used
 * @param secrets the live ones, at most two, the newest first
 */
public record ApiKey(
        UUID id,
        String prefix,
        String name,
        UUID principalId,
        String principal,
        @Nullable String team,
        @Nullable String project,
        @Nullable List<String> permissions,
        Instant createdAt,
        @Nullable Instant expiresAt,
        @Nullable Instant revokedAt,
        @Nullable Instant lastUsedAt,
        List<LiveSecret> secrets) {
    /** Copies the lists. */
    public ApiKey {
        permissions = permissions == null ? null : List.copyOf(permissions);
        secrets = List.copyOf(secrets);
    }

    /**
     * A secret that works.
     *
     * @param id names it for retiring
     * @param expiresAt when it stops working by itself; null for as long as the key does
     */
    public record LiveSecret(
            UUID id, Instant createdAt, @Nullable Instant expiresAt) {}
}
