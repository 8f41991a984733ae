package dev.gantry.identity;

import java.time.Instant;
import java.util.UUID;

/**
 * A user or a service account.
 *
 * @param name a user's e-mail address, a service account's name; lower case, unique in the organization
 * @param displayName for people to read; may be empty
 * @param active whether keys of it work; there is no deletion, as the audit log goes on naming it
 */
public record Principal(
        UUID id, PrincipalKind kind, String name, String displayName, boolean active, Instant createdAt) {}
