package dev.gantry.identity;

import java.time.Instant;
import java.util.UUID;

/**
 * A tenant.
 *
 * @param name unique in the installation; never changes
 * @param statusSince when the status became what it is
 */
public record Organization(UUID id, String name, OrganizationStatus status, Instant statusSince, Instant createdAt) {
    /** An organization that begins. */
    static Organization begun(UUID id, String name, Instant now) {
        return new Organization(id, name, OrganizationStatus.ACTIVE, now, now);
    }
}
