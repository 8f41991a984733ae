package dev.gantry.quota;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A temporary raise of a limit.
 *
 * @param label the subject for people
 * @param amount in the budget's unit, added to the limit of every window until it expires
 * @param by who granted it
 * @param revokedAt null while it holds
 */
public record BudgetGrant(
        UUID id,
        BudgetKey budget,
        String label,
        long amount,
        String reason,
        String by,
        Instant grantedAt,
        Instant expiresAt,
        @Nullable Instant revokedAt) {}
