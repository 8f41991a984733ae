package dev.gantry.identity;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A group with its members, and with what an identity provider keeps with it.
 *
 * @param members the users in it
 * @param externalId the provider's own name for it; null if it gave none
 * @param version grows with every change through provisioning; 0 before the first
 * @param updatedAt when that was; when it was made, before the first
 */
public record ProvisionedGroup(
        Group group, List<Member> members, @Nullable String externalId, long version, Instant updatedAt) {
    /** Copies the members. */
    public ProvisionedGroup {
        members = List.copyOf(members);
    }

    /** Somebody in a group. */
    public record Member(UUID id, String name) {}
}
