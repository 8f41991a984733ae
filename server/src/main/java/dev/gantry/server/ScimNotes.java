package dev.gantry.server;

import dev.gantry.audit.AuditDetail;
import dev.gantry.gateway.AuditEntry;
import dev.gantry.identity.Principal;
import dev.gantry.identity.PrincipalDetails;
import dev.gantry.identity.ProvisionedGroup;
import dev.gantry.identity.Provisioning;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the audit log says of a provider's change. People are named by id, but where their names are sealed. */
final class ScimNotes {
    private ScimNotes() {}

    /** Names the user, by the new name if they are renamed: of a resource's names one is sealed, and the id tells the other. */
    static void user(AuditEntry entry, @Nullable Principal before, Provisioning.UserData after) {
        entry.detail("active", AuditDetail.of(after.active()));
        if (before != null) {
            boolean renamed = !before.name().equalsIgnoreCase(after.name());
            entry.detail("renamed", AuditDetail.of(renamed));
            entry.detail("was_active", AuditDetail.of(before.active()));
            entry.object(renamed ? after.name().strip().toLowerCase(Locale.ROOT) : before.name());
        }
    }

    /** What somebody loses who is deleted. */
    static void deleted(AuditEntry entry, PrincipalDetails before) {
        entry.object(before.principal().name());
        list(entry, "roles_removed", before.roles());
        list(entry, "groups_left", before.groups());
        list(entry, "teams_left", before.teams());
    }

    /** Who loses what a deleted group gave them. */
    static void deleted(AuditEntry entry, ProvisionedGroup before) {
        entry.detail("group", AuditDetail.of(before.group().name()));
        list(entry, "members_removed", ids(members(before)));
    }

    static void group(AuditEntry entry, @Nullable ProvisionedGroup before, Provisioning.GroupData after) {
        entry.detail("group", AuditDetail.of(after.name()));
        if (before != null && !before.group().name().equals(after.name())) {
            entry.detail("former_name", AuditDetail.of(before.group().name()));
        }
        Set<UUID> present = before == null ? Set.of() : members(before);
        members(entry, "members_added", after.members(), present);
        members(entry, "members_removed", present, after.members());
    }

    private static void members(AuditEntry entry, String name, Set<UUID> all, Set<UUID> others) {
        Set<UUID> moved = new HashSet<>(all);
        moved.removeAll(others);
        list(entry, name, ids(moved));
    }

    private static Set<UUID> members(ProvisionedGroup group) {
        return group.members().stream().map(ProvisionedGroup.Member::id).collect(Collectors.toSet());
    }

    private static List<String> ids(Set<UUID> people) {
        return people.stream().map(UUID::toString).sorted().toList();
    }

    private static void list(AuditEntry entry, String name, List<String> values) {
        entry.detail(name + "_count", AuditDetail.of(values.size()));
        entry.details(name, values);
    }
}
