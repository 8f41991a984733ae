package dev.gantry.server;

import dev.gantry.audit.AuditDetail;
import dev.gantry.gateway.AuditEntry;
import dev.gantry.identity.Principal;
import dev.gantry.identity.ProvisionedGroup;
import dev.gantry.identity.Provisioning;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the audit log says of a provider's change. People are named by id, but where their names are sealed. */
final class ScimNotes {
    /** As many as fit into a detail. */
    private static final int NAMED_MAX = 6;

    private ScimNotes() {}

    static void user(AuditEntry entry, @Nullable Principal before, Provisioning.UserData after) {
        entry.detail("active", AuditDetail.of(after.active()));
        if (before != null) {
            entry.detail("renamed", AuditDetail.of(!before.name().equalsIgnoreCase(after.name())));
        }
    }

    static void group(AuditEntry entry, @Nullable ProvisionedGroup before, Provisioning.GroupData after) {
        entry.detail("group", AuditDetail.of(after.name()));
        if (before != null && !before.group().name().equals(after.name())) {
            entry.detail("former_name", AuditDetail.of(before.group().name()));
        }
        Set<UUID> present = before == null
                ? Set.of()
                : before.members().stream().map(ProvisionedGroup.Member::id).collect(Collectors.toSet());
        members(entry, "members_added", after.members(), present);
        members(entry, "members_removed", present, after.members());
    }

    private static void members(AuditEntry entry, String name, Set<UUID> all, Set<UUID> others) {
        Set<UUID> moved = new HashSet<>(all);
        moved.removeAll(others);
        entry.detail(name + "_count", AuditDetail.of(moved.size()));
        if (!moved.isEmpty()) {
            entry.detail(
                    name,
                    AuditDetail.of(moved.stream()
                            .sorted()
                            .limit(NAMED_MAX)
                            .map(UUID::toString)
                            .collect(Collectors.joining(" "))));
        }
    }
}
