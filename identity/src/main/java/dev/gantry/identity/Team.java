package dev.gantry.identity;

import java.time.Instant;
import java.util.UUID;

/**
 * A team, and with it a namespace for assets and a place for costs.
 *
 * @param name lower case, never changes and is never given to another team
 * @param active an inactive team's namespace is visible to nobody through membership, and keys bound to it do not work
 */
public record Team(UUID id, String name, String description, boolean active, Instant createdAt) {}
