package dev.gantry.signin;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A session as its owner sees it in a list.
 *
 * @param provider how they signed in
 * @param address from where, at that time
 * @param userAgent with what; null if the program did not say
 * @param seenAt when it was last used, to the minute
 * @param idleExpiresAt when it ends unless it is used
 * @param expiresAt when it ends in any case
 * @param assurance how strongly they proved who they are, as far as is known
 */
public record SessionView(
        UUID id,
        String provider,
        String address,
        @Nullable String userAgent,
        Instant createdAt,
        Instant seenAt,
        Instant idleExpiresAt,
        Instant expiresAt,
        Assurance assurance) {}
