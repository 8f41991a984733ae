package dev.gantry.registry;

import java.time.Instant;

/**
 * A session in a list.
 *
 * @param characters length of all its texts
 * @param updatedAt when something was said last
 */
public record SessionSummary(String name, int messages, long characters, Instant createdAt, Instant updatedAt) {}
