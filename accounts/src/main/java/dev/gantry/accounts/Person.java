package dev.gantry.accounts;

import java.util.UUID;

/**
 * Somebody whose passwords and factors are meant.
 *
 * @param organization the tenant
 * @param id the principal's id
 * @param name the principal's name, an e-mail address
 */
public record Person(UUID organization, UUID id, String name) {}
