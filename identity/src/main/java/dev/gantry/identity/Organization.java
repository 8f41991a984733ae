package dev.gantry.identity;

import java.time.Instant;
import java.util.UUID;

/**
 * A tenant.
 *
 * @param name unique in the installation
 */
public record Organization(UUID id, String name, Instant createdAt) {}
