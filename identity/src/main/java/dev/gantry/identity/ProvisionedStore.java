package dev.gantry.identity;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The table {@code provisioned}, with the users and groups that its rows belong to. */
final class ProvisionedStore {
    private static final String USERS = """
            SELECT p.*, v.external_id, CAST(v.attributes AS text) AS attributes, COALESCE(v.version, 0) AS version,
                COALESCE(v.updated_at, p.created_at) AS updated_at
            FROM principals p
            LEFT JOIN provisioned v ON v.organization_id = p.organization_id AND v.resource_id = p.principal_id
            WHERE p.kind = 'user' AND v.deleted_at IS NULL""";

    private static final String GROUPS = """
            SELECT g.*, v.external_id, COALESCE(v.version, 0) AS version,
                COALESCE(v.updated_at, g.created_at) AS updated_at
            FROM groups g
            LEFT JOIN provisioned v ON v.organization_id = g.organization_id AND v.resource_id = g.group_id
            WHERE v.deleted_at IS NULL""";

    private ProvisionedStore() {}

    private static ProvisionedUser user(ResultSet row) throws SQLException {
        String attributes = row.getString("attributes");
        return new ProvisionedUser(
                new Principal(
                        row.getObject("principal_id", UUID.class),
                        PrincipalKind.USER,
                        row.getString("name"),
                        row.getString("display_name"),
                        row.getBoolean("active"),
                        instant(row, "created_at")),
                row.getString("external_id"),
                attributes == null ? "{}" : attributes,
                row.getLong("version"),
                instant(row, "updated_at"));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        Timestamp timestamp = row.getTimestamp(column);
        return timestamp.toInstant();
    }

    static Optional<ProvisionedUser> user(Handle handle, UUID id) {
        return handle.createQuery(USERS + " AND p.principal_id = :id")
                .bind("id", id)
                .map((row, context) -> user(row))
                .findOne();
    }

    /** Returns whether the provider deleted somebody. */
    static boolean isDeleted(Handle handle, UUID id) {
        return handle.createQuery("SELECT deleted_at IS NOT NULL FROM provisioned WHERE resource_id = :id")
                .bind("id", id)
                .mapTo(Boolean.class)
                .findOne()
                .orElse(false);
    }

    static List<ProvisionedUser> users(Handle handle, @Nullable String name, @Nullable String externalId, int rowsMax) {
        return handle.createQuery(USERS + """
                         AND (CAST(:name AS text) IS NULL OR p.name = lower(:name))
                         AND (CAST(:externalId AS text) IS NULL OR v.external_id = :externalId)
                        ORDER BY p.principal_id LIMIT :rows""")
                .bind("name", name)
                .bind("externalId", externalId)
                .bind("rows", rowsMax)
                .map((row, context) -> user(row))
                .list();
    }

    static Optional<ProvisionedGroup> group(Handle handle, UUID id, boolean withMembers) {
        return groups(handle, id, null, null, withMembers, 1).stream().findFirst();
    }

    static List<ProvisionedGroup> groups(
            Handle handle,
            @Nullable UUID id,
            @Nullable String name,
            @Nullable String externalId,
            boolean withMembers,
            int rowsMax) {
        return handle
                .createQuery(GROUPS + """
                         AND (CAST(:id AS uuid) IS NULL OR g.group_id = :id)
                         AND (CAST(:name AS text) IS NULL OR lower(g.name) = lower(:name))
                         AND (CAST(:externalId AS text) IS NULL OR v.external_id = :externalId)
                        ORDER BY g.group_id LIMIT :rows""")
                .bind("id", id)
                .bind("name", name)
                .bind("externalId", externalId)
                .bind("rows", rowsMax)
                .map((row, context) -> new ProvisionedGroup(
                        new Group(
                                row.getObject("group_id", UUID.class),
                                row.getString("name"),
                                row.getString("description"),
                                instant(row, "created_at")),
                        List.of(),
                        row.getString("external_id"),
                        row.getLong("version"),
                        instant(row, "updated_at")))
                .list()
                .stream()
                .map(group -> withMembers ? withMembers(handle, group) : group)
                .toList();
    }

    private static ProvisionedGroup withMembers(Handle handle, ProvisionedGroup group) {
        List<ProvisionedGroup.Member> members = handle.createQuery("""
                        SELECT p.principal_id, p.name
                        FROM group_members m JOIN principals p USING (organization_id, principal_id)
                        WHERE m.group_id = :group AND p.kind = 'user' ORDER BY p.principal_id""")
                .bind("group", group.group().id())
                .map((row, context) ->
                        new ProvisionedGroup.Member(row.getObject("principal_id", UUID.class), row.getString("name")))
                .list();
        return new ProvisionedGroup(group.group(), members, group.externalId(), group.version(), group.updatedAt());
    }

    static boolean renameGroup(Handle handle, UUID id, String name) {
        return handle.createUpdate("""
                                UPDATE groups SET name = :name WHERE group_id = :id AND NOT EXISTS (
                                    SELECT 1 FROM groups other WHERE other.name = :name AND other.group_id <> :id)""").bind("id", id).bind("name", name).execute() == 1;
    }

    /** Notes a change; what was deleted is there again. */
    static void put(Handle handle, UUID id, @Nullable String externalId, String attributes, Instant now) {
        handle.createUpdate("""
                        INSERT INTO provisioned (organization_id, resource_id, external_id, attributes, version, updated_at)
                        VALUES (gantry_organization(), :id, :externalId, CAST(:attributes AS jsonb), 1, :now)
                        ON CONFLICT (organization_id, resource_id) DO UPDATE
                        SET external_id = :externalId, attributes = CAST(:attributes AS jsonb),
                            version = provisioned.version + 1, updated_at = :now, deleted_at = NULL""")
                .bind("id", id)
                .bind("externalId", externalId)
                .bind("attributes", attributes)
                .bind("now", now)
                .execute();
    }

    static void markDeleted(Handle handle, UUID id, Instant now) {
        put(handle, id, null, "{}", now);
        handle.createUpdate("UPDATE provisioned SET deleted_at = :now WHERE resource_id = :id")
                .bind("id", id)
                .bind("now", now)
                .execute();
    }

    static void forget(Handle handle, UUID id) {
        handle.createUpdate("DELETE FROM provisioned WHERE resource_id = :id")
                .bind("id", id)
                .execute();
    }
}
