package dev.gantry.identity;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jspecify.annotations.Nullable;

/** Groups, roles and their assignments; for use inside a transaction of the organization. */
final class RoleStore {
    private static final RowMapper<Group> GROUP = (row, context) -> new Group(
            row.getObject("group_id", UUID.class),
            row.getString("name"),
            row.getString("description"),
            row.getTimestamp("created_at").toInstant());

    private static final RowMapper<Role> ROLE = (row, context) -> new Role(
            row.getString("name"),
            row.getString("description"),
            Arrays.asList((String[]) row.getArray("permissions").getArray()),
            Role.Origin.ORGANIZATION);

    private static final RowMapper<RoleAssignment> ASSIGNMENT = (row, context) -> new RoleAssignment(
            row.getObject("assignment_id", UUID.class),
            row.getString("role"),
            row.getString("principal_name"),
            row.getString("group_name"),
            row.getTimestamp("created_at").toInstant());

    private static final String ASSIGNMENTS = """
            SELECT a.*, p.name AS principal_name, g.name AS group_name
            FROM role_assignments a
            LEFT JOIN principals p USING (organization_id, principal_id)
            LEFT JOIN groups g USING (organization_id, group_id)
            """;

    private RoleStore() {}

    /** Returns false if the name is taken. */
    static boolean insertGroup(Handle handle, Group group) {
        return handle.createUpdate("""
                                INSERT INTO groups (group_id, organization_id, name, description, created_at)
                                VALUES (:id, gantry_organization(), :name, :description, :createdAt)
                                ON CONFLICT (organization_id, name) DO NOTHING""")
                        .bind("id", group.id())
                        .bind("name", group.name())
                        .bind("description", group.description())
                        .bind("createdAt", group.createdAt())
                        .execute()
                == 1;
    }

    /** Finds by id or exact name. */
    static Optional<Group> findGroup(Handle handle, String nameOrId) {
        boolean byId = Validation.looksLikeId(nameOrId);
        return handle.createQuery(
                        "SELECT * FROM groups WHERE " + (byId ? "group_id = CAST(:key AS uuid)" : "name = :key"))
                .bind("key", nameOrId)
                .map(GROUP)
                .findOne();
    }

    static List<Group> listGroups(Handle handle, PageRequest page) {
        return handle.createQuery("SELECT * FROM groups WHERE group_id > :after ORDER BY group_id LIMIT :rows")
                .bind("after", page.after())
                .bind("rows", page.rows())
                .map(GROUP)
                .list();
    }

    /** Deletes a group with its memberships and assignments. */
    static void deleteGroup(Handle handle, UUID group) {
        handle.createUpdate("DELETE FROM groups WHERE group_id = :group")
                .bind("group", group)
                .execute();
    }

    /** Returns false if the principal is in the group already. */
    static boolean addToGroup(Handle handle, UUID group, UUID principal, Instant now) {
        return handle.createUpdate("""
                                INSERT INTO group_members (organization_id, group_id, principal_id, joined_at)
                                VALUES (gantry_organization(), :group, :principal, :now) ON CONFLICT DO NOTHING""")
                        .bind("group", group)
                        .bind("principal", principal)
                        .bind("now", now)
                        .execute()
                == 1;
    }

    /** Puts some principals into a group, in which they are not. */
    static void addToGroup(Handle handle, UUID group, Collection<UUID> principals, Instant now) {
        handle.createUpdate("""
                        INSERT INTO group_members (organization_id, group_id, principal_id, joined_at)
                        SELECT gantry_organization(), :group, each, :now FROM unnest(:principals) each
                        ON CONFLICT DO NOTHING""")
                .bind("group", group)
                .bindArray("principals", UUID.class, principals.toArray())
                .bind("now", now)
                .execute();
    }

    /** Takes some principals out of a group. */
    static void removeFromGroup(Handle handle, UUID group, Collection<UUID> principals) {
        handle.createUpdate("DELETE FROM group_members WHERE group_id = :group AND principal_id = ANY(:principals)")
                .bind("group", group)
                .bindArray("principals", UUID.class, principals.toArray())
                .execute();
    }

    /** Returns false if the principal is not in the group. */
    static boolean removeFromGroup(Handle handle, UUID group, UUID principal) {
        return handle.createUpdate("DELETE FROM group_members WHERE group_id = :group AND principal_id = :principal")
                        .bind("group", group)
                        .bind("principal", principal)
                        .execute()
                == 1;
    }

    /** Takes a principal out of all groups, and all roles of their own from them. */
    static void removeEverywhere(Handle handle, UUID principal) {
        for (String table : List.of("group_members", "role_assignments")) {
            handle.createUpdate("DELETE FROM " + table + " WHERE principal_id = :principal")
                    .bind("principal", principal)
                    .execute();
        }
    }

    /** Returns false if the name is taken. */
    static boolean insertRole(Handle handle, UUID id, Role role, Instant now) {
        return handle.createUpdate("""
                                INSERT INTO roles (role_id, organization_id, name, description, permissions, created_at)
                                VALUES (:id, gantry_organization(), :name, :description, :permissions, :now)
                                ON CONFLICT (organization_id, name) DO NOTHING""")
                        .bind("id", id)
                        .bind("name", role.name())
                        .bind("description", role.description())
                        .bindArray("permissions", String.class, role.permissions())
                        .bind("now", now)
                        .execute()
                == 1;
    }

    static void updateRole(Handle handle, Role role) {
        handle.createUpdate("""
                        UPDATE roles SET description = :description, permissions = :permissions WHERE name = :name""")
                .bind("name", role.name())
                .bind("description", role.description())
                .bindArray("permissions", String.class, role.permissions())
                .execute();
    }

    static void deleteRole(Handle handle, String name) {
        handle.createUpdate("DELETE FROM roles WHERE name = :name")
                .bind("name", name)
                .execute();
    }

    /** Returns the organization's own roles of these names. */
    static List<Role> roles(Handle handle, Collection<String> names) {
        return handle.createQuery("SELECT * FROM roles WHERE name = ANY(:names) ORDER BY name")
                .bindArray("names", String.class, names)
                .map(ROLE)
                .list();
    }

    /** Returns the organization's own roles, at most so many. */
    static List<Role> allRoles(Handle handle, int countMax) {
        return handle.createQuery("SELECT * FROM roles ORDER BY name LIMIT :rows")
                .bind("rows", countMax)
                .map(ROLE)
                .list();
    }

    static int countRoles(Handle handle) {
        return handle.createQuery("SELECT count(*) FROM roles")
                .mapTo(Integer.class)
                .one();
    }

    /** Returns the names of the organization's own roles that grant everything. */
    static List<String> rolesToEverything(Handle handle) {
        return handle.createQuery("SELECT name FROM roles WHERE '*' = ANY(permissions)")
                .mapTo(String.class)
                .list();
    }

    /** Returns false if the subject has the role already. */
    static boolean assign(
            Handle handle,
            UUID id,
            String role,
            @Nullable UUID principal,
            @Nullable UUID group,
            @Nullable UUID assignedBy,
            Instant now) {
        return handle.createUpdate("""
                                INSERT INTO role_assignments (assignment_id, organization_id, role, principal_id,
                                    group_id, assigned_by, created_at)
                                VALUES (:id, gantry_organization(), :role, CAST(:principal AS uuid), CAST(:group AS uuid),
                                    CAST(:assignedBy AS uuid), :now)
                                ON CONFLICT DO NOTHING""")
                        .bind("id", id)
                        .bind("role", role)
                        .bind("principal", principal)
                        .bind("group", group)
                        .bind("assignedBy", assignedBy)
                        .bind("now", now)
                        .execute()
                == 1;
    }

    static Optional<RoleAssignment> findAssignment(Handle handle, UUID id) {
        return handle.createQuery(ASSIGNMENTS + " WHERE a.assignment_id = :id")
                .bind("id", id)
                .map(ASSIGNMENT)
                .findOne();
    }

    static List<RoleAssignment> listAssignments(Handle handle, PageRequest page) {
        return handle.createQuery(ASSIGNMENTS + " WHERE a.assignment_id > :after ORDER BY a.assignment_id LIMIT :rows")
                .bind("after", page.after())
                .bind("rows", page.rows())
                .map(ASSIGNMENT)
                .list();
    }

    static void unassign(Handle handle, UUID id) {
        handle.createUpdate("DELETE FROM role_assignments WHERE assignment_id = :id")
                .bind("id", id)
                .execute();
    }

    static boolean isAssigned(Handle handle, String role) {
        return handle.createQuery("SELECT EXISTS (SELECT 1 FROM role_assignments WHERE role = :role)")
                .bind("role", role)
                .mapTo(Boolean.class)
                .one();
    }

    /**
     * A role that somebody has through the API.
     *
     * @param group the group through which they have it; null when it is theirs
     */
    record HeldRole(String role, @Nullable String group) {}

    /** Returns the roles of a principal, each once for every way in which they have it. */
    static List<HeldRole> heldRoles(Handle handle, UUID principal) {
        return handle.createQuery("""
                        SELECT role, CAST(NULL AS text) AS group_name FROM role_assignments
                        WHERE principal_id = :principal
                        UNION ALL
                        SELECT a.role, g.name FROM role_assignments a
                        JOIN group_members m USING (organization_id, group_id)
                        JOIN groups g USING (organization_id, group_id)
                        WHERE m.principal_id = :principal
                        ORDER BY role, group_name""")
                .bind("principal", principal)
                .map((row, context) -> new HeldRole(row.getString("role"), row.getString("group_name")))
                .list();
    }

    /** Returns the names of the roles that were assigned to a principal and its groups through the API. */
    static List<String> rolesOfPrincipal(Handle handle, UUID principal) {
        return handle.createQuery("""
                        SELECT role FROM role_assignments WHERE principal_id = :principal
                        UNION
                        SELECT a.role FROM role_assignments a JOIN group_members m USING (organization_id, group_id)
                        WHERE m.principal_id = :principal""")
                .bind("principal", principal)
                .mapTo(String.class)
                .list();
    }

    static List<String> rolesOfGroup(Handle handle, UUID group) {
        return handle.createQuery("SELECT role FROM role_assignments WHERE group_id = :group")
                .bind("group", group)
                .mapTo(String.class)
                .list();
    }
}
