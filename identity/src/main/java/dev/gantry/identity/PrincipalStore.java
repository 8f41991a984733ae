package dev.gantry.identity;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;

/** Users and service accounts, and what they belong to; for use inside a transaction of their organization. */
final class PrincipalStore {
    private static final RowMapper<Principal> PRINCIPAL = (row, context) -> new Principal(
            row.getObject("principal_id", UUID.class),
            PrincipalKind.ofId(row.getString("kind")),
            row.getString("name"),
            row.getString("display_name"),
            row.getBoolean("active"),
            row.getTimestamp("created_at").toInstant());

    private PrincipalStore() {}

    /** Returns false if the name is taken. */
    static boolean insert(Handle handle, Principal principal) {
        return handle.createUpdate("""
                                INSERT INTO principals (principal_id, organization_id, kind, name, display_name, active,
                                    created_at)
                                VALUES (:id, gantry_organization(), :kind, :name, :displayName, :active, :createdAt)
                                ON CONFLICT (organization_id, name) DO NOTHING""")
                        .bind("id", principal.id())
                        .bind("kind", principal.kind().id())
                        .bind("name", principal.name())
                        .bind("displayName", principal.displayName())
                        .bind("active", principal.active())
                        .bind("createdAt", principal.createdAt())
                        .execute()
                == 1;
    }

    /** Finds by id, or by name in lower case. */
    static Optional<Principal> find(Handle handle, String nameOrId) {
        boolean byId = Validation.looksLikeId(nameOrId);
        return handle.createQuery("SELECT * FROM principals WHERE "
                        + (byId ? "principal_id = CAST(:key AS uuid)" : "name = lower(:key)"))
                .bind("key", nameOrId)
                .map(PRINCIPAL)
                .findOne();
    }

    /** Keeps others from changing a principal until the transaction ends. */
    static void lock(Handle handle, UUID id) {
        handle.createQuery("SELECT principal_id FROM principals WHERE principal_id = :id FOR UPDATE")
                .bind("id", id)
                .mapTo(UUID.class)
                .findOne();
    }

    /** Returns whether a principal is active, and keeps them so until the transaction ends. */
    static boolean holdActive(Handle handle, UUID id) {
        return handle.createQuery("SELECT active FROM principals WHERE principal_id = :id FOR SHARE")
                .bind("id", id)
                .mapTo(Boolean.class)
                .findOne()
                .orElse(false);
    }

    /** Finds by exact name, whatever it looks like. */
    static Optional<Principal> findNamed(Handle handle, String name) {
        return handle.createQuery("SELECT * FROM principals WHERE name = :name")
                .bind("name", name)
                .map(PRINCIPAL)
                .findOne();
    }

    static List<Principal> list(Handle handle, PrincipalQuery query, PageRequest page) {
        PrincipalKind kind = query.kind();
        String text = query.text();
        return handle.createQuery("""
                        SELECT * FROM principals
                        WHERE principal_id > :after
                          AND (CAST(:kind AS text) IS NULL OR kind = :kind)
                          AND (CAST(:active AS boolean) IS NULL OR active = CAST(:active AS boolean))
                          AND (CAST(:text AS text) IS NULL OR strpos(lower(name), CAST(:text AS text)) > 0
                              OR strpos(lower(display_name), CAST(:text AS text)) > 0)
                        ORDER BY principal_id LIMIT :rows""")
                .bind("after", page.after())
                .bind("kind", kind == null ? null : kind.id())
                .bind("active", query.active())
                .bind("text", text == null ? null : text.toLowerCase(Locale.ROOT))
                .bind("rows", page.rows())
                .map(PRINCIPAL)
                .list();
    }

    /** Returns false if the name is taken by another. */
    static boolean update(Handle handle, Principal principal) {
        return handle.createUpdate("""
                                UPDATE principals SET name = :name, display_name = :displayName, active = :active
                                WHERE principal_id = :id AND NOT EXISTS (
                                    SELECT 1 FROM principals other
                                    WHERE other.name = :name AND other.principal_id <> :id)""")
                        .bind("id", principal.id())
                        .bind("name", principal.name())
                        .bind("displayName", principal.displayName())
                        .bind("active", principal.active())
                        .execute()
                == 1;
    }

    /** Returns the names of the active teams, the one joined first leading. */
    static List<String> teams(Handle handle, UUID principal) {
        return handle.createQuery("""
                        SELECT t.name FROM memberships m JOIN teams t USING (organization_id, team_id)
                        WHERE m.principal_id = :principal AND t.active
                        ORDER BY m.joined_at, t.team_id""")
                .bind("principal", principal)
                .mapTo(String.class)
                .list();
    }

    static List<String> groups(Handle handle, UUID principal) {
        return handle.createQuery("""
                        SELECT g.name FROM group_members m JOIN groups g USING (organization_id, group_id)
                        WHERE m.principal_id = :principal ORDER BY g.name""")
                .bind("principal", principal)
                .mapTo(String.class)
                .list();
    }

    /** Returns a page of the principals that a table of memberships ties to a team or a group. */
    static List<Principal> members(Handle handle, String table, String column, UUID of, PageRequest page) {
        return handle.createQuery(
                        "SELECT p.* FROM " + table + " m JOIN principals p USING (organization_id, principal_id)"
                                + " WHERE m." + column
                                + " = :of AND p.principal_id > :after ORDER BY p.principal_id LIMIT :rows")
                .bind("of", of)
                .bind("after", page.after())
                .bind("rows", page.rows())
                .map(PRINCIPAL)
                .list();
    }

    /** Returns whether an active user has one of the roles or one of the names, or is in one of the groups. */
    static boolean anyActiveUserWith(Handle handle, List<String> roles, List<String> users, List<String> groups) {
        return handle.createQuery("""
                        SELECT EXISTS (
                            SELECT 1 FROM principals p
                            WHERE p.active AND p.kind = 'user' AND (
                                p.name = ANY(:users)
                                OR EXISTS (
                                    SELECT 1 FROM role_assignments a
                                    WHERE a.principal_id = p.principal_id AND a.role = ANY(:roles))
                                OR EXISTS (
                                    SELECT 1 FROM group_members m JOIN groups g USING (organization_id, group_id)
                                    WHERE m.principal_id = p.principal_id AND (
                                        g.name = ANY(:groups)
                                        OR EXISTS (
                                            SELECT 1 FROM role_assignments a
                                            WHERE a.group_id = g.group_id AND a.role = ANY(:roles))))))""")
                .bindArray("roles", String.class, roles)
                .bindArray("users", String.class, users)
                .bindArray("groups", String.class, groups)
                .mapTo(Boolean.class)
                .one();
    }
}
