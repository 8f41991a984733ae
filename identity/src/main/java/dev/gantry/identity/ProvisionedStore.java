package dev.gantry.identity;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** The table {@code provisioned}, with the users and groups that its rows belong to. */
final class ProvisionedStore {
    /** How many members of groups are read at a time. */
    static final int MEMBERS_MAX = 100_000;

    private static final Slice ONE = new Slice(null, 0, 1);

    private static final String USER_COLUMNS = """
            p.*, v.external_id, CAST(v.attributes AS text) AS attributes, COALESCE(v.version, 0) AS version,
                COALESCE(v.updated_at, p.created_at) AS updated_at
            """;

    private static final String USERS = """
            FROM principals p
            LEFT JOIN provisioned v ON v.organization_id = p.organization_id AND v.resource_id = p.principal_id
            WHERE p.kind = 'user' AND v.deleted_at IS NULL""";

    private static final String HAS_EMAIL = """
            EXISTS (
                SELECT 1 FROM jsonb_array_elements(
                    CASE jsonb_typeof(v.attributes -> 'emails') WHEN 'array' THEN v.attributes -> 'emails' ELSE '[]' END) address
                WHERE lower(address ->> 'value') = lower(:email))""";

    private static final String GROUP_COLUMNS = """
            g.*, v.external_id, COALESCE(v.version, 0) AS version, COALESCE(v.updated_at, g.created_at) AS updated_at
            """;

    private static final String GROUPS = """
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
        UserQuery query = new UserQuery(id, null, null, null, null, null);
        return users(handle, query, ONE).stream().findFirst();
    }

    /** Returns whether the provider deleted somebody. */
    static boolean isDeleted(Handle handle, UUID id) {
        return handle.createQuery("SELECT deleted_at IS NOT NULL FROM provisioned WHERE resource_id = :id")
                .bind("id", id)
                .mapTo(Boolean.class)
                .findOne()
                .orElse(false);
    }

    /**
     * Returns whether somebody who was deleted had a name, or was known by an id to who provisioned them.
     *
     * @param name in lower case
     */
    static boolean wasDeleted(Handle handle, String name, String externalId) {
        return handle.createQuery("""
                        SELECT EXISTS (SELECT 1 FROM provisioned WHERE former_name = :name AND deleted_at IS NOT NULL)
                            OR EXISTS (SELECT 1 FROM provisioned WHERE former_external_id = :id AND deleted_at IS NOT NULL)""")
                .bind("name", name)
                .bind("id", externalId)
                .mapTo(Boolean.class)
                .one();
    }

    /** Returns the name of the user whom a provider that provisions users knows by an id. */
    static Optional<String> nameOf(Handle handle, String externalId) {
        return handle.createQuery("""
                        SELECT p.name FROM provisioned v
                        JOIN principals p ON p.organization_id = v.organization_id AND p.principal_id = v.resource_id
                        WHERE v.external_id = :id AND v.deleted_at IS NULL ORDER BY p.principal_id LIMIT 1""")
                .bind("id", externalId)
                .mapTo(String.class)
                .findOne();
    }

    static List<ProvisionedUser> users(Handle handle, UserQuery query, Slice slice) {
        Query users = handle.createQuery("SELECT " + USER_COLUMNS + USERS + conditions(query)
                + " AND p.principal_id > :after ORDER BY p.principal_id LIMIT :rows OFFSET :skip");
        return bind(users, query)
                .bind("after", slice.begin())
                .bind("rows", slice.rowsMax())
                .bind("skip", slice.skip())
                .map((row, context) -> user(row))
                .list();
    }

    /** Returns which of some ids are those of users. */
    static Set<UUID> known(Handle handle, Set<UUID> ids) {
        return handle.createQuery("SELECT p.principal_id " + USERS + " AND p.principal_id = ANY(:ids)")
                .bindArray("ids", UUID.class, ids.toArray())
                .mapTo(UUID.class)
                .collectIntoSet();
    }

    static int countUsers(Handle handle, UserQuery query) {
        return bind(handle.createQuery("SELECT count(*) " + USERS + conditions(query)), query)
                .mapTo(Integer.class)
                .one();
    }

    /** Only what is asked for, so that the database can choose an index by it. */
    private static String conditions(UserQuery query) {
        StringBuilder conditions = new StringBuilder();
        if (query.id() != null) {
            conditions.append(" AND p.principal_id = :id");
        }
        if (query.name() != null) {
            conditions.append(" AND p.name = :name");
        }
        if (query.externalId() != null) {
            conditions.append(" AND v.external_id = :externalId");
        }
        if (query.displayName() != null) {
            conditions.append(" AND lower(p.display_name) = lower(:displayName)");
        }
        if (query.email() != null) {
            conditions.append(" AND ").append(HAS_EMAIL);
        }
        if (query.active() != null) {
            conditions.append(" AND p.active = :active");
        }
        return conditions.toString();
    }

    private static Query bind(Query statement, UserQuery query) {
        String name = query.name();
        return bindPresent(
                statement,
                "id",
                query.id(),
                "name",
                name == null ? null : name.toLowerCase(Locale.ROOT),
                "externalId",
                query.externalId(),
                "displayName",
                query.displayName(),
                "email",
                query.email(),
                "active",
                query.active());
    }

    private static Query bindPresent(Query statement, @Nullable Object... namesAndValues) {
        for (int index = 0; index < namesAndValues.length; index += 2) {
            Object value = namesAndValues[index + 1];
            if (value != null) {
                statement.bind(String.valueOf(namesAndValues[index]), value);
            }
        }
        return statement;
    }

    static Optional<ProvisionedGroup> group(Handle handle, UUID id, boolean withMembers) {
        List<ProvisionedGroup> found = groups(handle, new GroupQuery(id, null, null, null), ONE);
        return (withMembers ? withMembers(handle, found) : found).stream().findFirst();
    }

    /** Returns groups without their members. */
    static List<ProvisionedGroup> groups(Handle handle, GroupQuery query, Slice slice) {
        Query groups = handle.createQuery("SELECT " + GROUP_COLUMNS + GROUPS + conditions(query)
                + " AND g.group_id > :after ORDER BY g.group_id LIMIT :rows OFFSET :skip");
        return bind(groups, query)
                .bind("after", slice.begin())
                .bind("rows", slice.rowsMax())
                .bind("skip", slice.skip())
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
                .list();
    }

    static int countGroups(Handle handle, GroupQuery query) {
        return bind(handle.createQuery("SELECT count(*) " + GROUPS + conditions(query)), query)
                .mapTo(Integer.class)
                .one();
    }

    private static String conditions(GroupQuery query) {
        StringBuilder conditions = new StringBuilder();
        if (query.id() != null) {
            conditions.append(" AND g.group_id = :id");
        }
        if (query.name() != null) {
            conditions.append(" AND lower(g.name) = lower(:name)");
        }
        if (query.externalId() != null) {
            conditions.append(" AND v.external_id = :externalId");
        }
        if (query.member() != null) {
            conditions.append(
                    " AND EXISTS (SELECT 1 FROM group_members m WHERE m.group_id = g.group_id AND m.principal_id = :member)");
        }
        return conditions.toString();
    }

    private static Query bind(Query statement, GroupQuery query) {
        return bindPresent(
                statement,
                "id",
                query.id(),
                "name",
                query.name(),
                "externalId",
                query.externalId(),
                "member",
                query.member());
    }

    /**
     * Returns groups with their members.
     *
     * @throws GantryException {@link ErrorCode#REQUEST_TOO_LARGE} if they have too many to be told at once
     */
    static List<ProvisionedGroup> withMembers(Handle handle, List<ProvisionedGroup> groups) {
        record Membership(UUID group, ProvisionedGroup.Member member) {}
        List<Membership> found = handle.createQuery("""
                        SELECT m.group_id, p.principal_id, p.name
                        FROM group_members m JOIN principals p USING (organization_id, principal_id)
                        WHERE m.group_id = ANY(:groups) AND p.kind = 'user' ORDER BY p.principal_id LIMIT :rows""")
                .bindArray(
                        "groups",
                        UUID.class,
                        groups.stream().map(each -> each.group().id()).toArray())
                .bind("rows", MEMBERS_MAX + 1)
                .map((row, context) -> new Membership(
                        row.getObject("group_id", UUID.class),
                        new ProvisionedGroup.Member(row.getObject("principal_id", UUID.class), row.getString("name"))))
                .list();
        if (found.size() > MEMBERS_MAX) {
            throw new GantryException(
                    ErrorCode.REQUEST_TOO_LARGE,
                    "These groups have more than " + MEMBERS_MAX
                            + " members; ask for fewer groups, or without members");
        }
        Map<UUID, List<ProvisionedGroup.Member>> members = found.stream()
                .collect(Collectors.groupingBy(
                        Membership::group, Collectors.mapping(Membership::member, Collectors.toList())));
        return groups.stream()
                .map(each -> new ProvisionedGroup(
                        each.group(),
                        members.getOrDefault(each.group().id(), List.of()),
                        each.externalId(),
                        each.version(),
                        each.updatedAt()))
                .toList();
    }

    static boolean renameGroup(Handle handle, UUID id, String name) {
        return handle.createUpdate("""
                                UPDATE groups SET name = :name WHERE group_id = :id AND NOT EXISTS (
                                    SELECT 1 FROM groups other WHERE other.name = :name AND other.group_id <> :id)""").bind("id", id).bind("name", name).execute() == 1;
    }

    /** Notes a change. */
    static void put(Handle handle, UUID id, @Nullable String externalId, String attributes, Instant now) {
        handle.createUpdate("""
                        INSERT INTO provisioned (organization_id, resource_id, external_id, attributes, version, updated_at)
                        VALUES (gantry_organization(), :id, :externalId, CAST(:attributes AS jsonb), 1, :now)
                        ON CONFLICT (organization_id, resource_id) DO UPDATE
                        SET external_id = :externalId, attributes = CAST(:attributes AS jsonb),
                            version = provisioned.version + 1, updated_at = :now""")
                .bind("id", id)
                .bind("externalId", externalId)
                .bind("attributes", attributes)
                .bind("now", now)
                .execute();
    }

    /** Hides somebody from the provider, and remembers the name that they give up and by what it knew them. */
    static void markDeleted(Handle handle, UUID id, String formerName, Instant now) {
        handle.createUpdate("UPDATE provisioned SET former_external_id = external_id WHERE resource_id = :id")
                .bind("id", id)
                .execute();
        put(handle, id, null, "{}", now);
        handle.createUpdate("UPDATE provisioned SET deleted_at = :now, former_name = :name WHERE resource_id = :id")
                .bind("id", id)
                .bind("name", formerName)
                .bind("now", now)
                .execute();
    }

    static void forget(Handle handle, UUID id) {
        handle.createUpdate("DELETE FROM provisioned WHERE resource_id = :id")
                .bind("id", id)
                .execute();
    }
}
