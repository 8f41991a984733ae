package dev.gantry.identity;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A user with what an identity provider keeps with them.
 *
 * @param externalId the provider's own name for them; null if it gave none
 * @param attributes a JSON object of what Gantry keeps for the provider and does not use
 * @param version grows with every change through provisioning; 0 before the first
 * @param updatedAt when that was; when they were made, before the first
 */
public record ProvisionedUser(
        Principal principal, @Nullable String externalId, String attributes, long version, Instant updatedAt) {}
