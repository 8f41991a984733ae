package dev.gantry.identity;

import java.time.Instant;
import java.util.UUID;

/**
 * A set of principals to which roles are assigned together.
 *
 * @param name as the identity provider writes it; case matters
 */
public record Group(UUID id, String name, String description, Instant createdAt) {}
