package dev.gantry.identity;

import dev.gantry.kernel.Ids;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jspecify.annotations.Nullable;

/** API keys and the hashes of their secrets. All but {@link #present} is for a transaction of the organization. */
final class KeyStore {
    /**
     * A row of {@code api_keys} with what it refers to.
     *
     * @param passing whether it was made with a proof by which nothing may be made that lasts, and so is one itself
     */
    record KeyRow(
            UUID id,
            UUID organization,
            String prefix,
            String name,
            UUID principalId,
            @Nullable UUID teamId,
            @Nullable String project,
            @Nullable List<String> permissions,
            Instant createdAt,
            @Nullable Instant expiresAt,
            @Nullable Instant revokedAt,
            @Nullable Instant lastUsedAt,
            boolean passing) {
        /** A new key that may do all that its owner may, for as long as nobody revokes it. */
        static KeyRow unrestricted(UUID organization, UUID owner, String name, Instant now) {
            return new KeyRow(
                    Ids.next(),
                    organization,
                    KeyText.newPrefix(),
                    name,
                    owner,
                    null,
                    null,
                    null,
                    now,
                    null,
                    null,
                    null,
                    false);
        }
    }

    /** A secret that was not retired; it may have expired. Rows are never compared or changed. */
    @SuppressWarnings("ArrayRecordComponent")
    record SecretRow(
            UUID id,
            UUID keyId,
            byte[] hash,
            Instant createdAt,
            @Nullable Instant expiresAt) {}

    /** What a presented prefix stands for. */
    record Presented(KeyRow key, List<SecretRow> secrets) {}

    private static final RowMapper<KeyRow> KEY = (row, context) -> new KeyRow(
            row.getObject("key_id", UUID.class),
            row.getObject("organization_id", UUID.class),
            row.getString("prefix"),
            row.getString("name"),
            row.getObject("principal_id", UUID.class),
            row.getObject("team_id", UUID.class),
            row.getString("project"),
            texts(row, "permissions"),
            row.getTimestamp("created_at").toInstant(),
            instant(row, "expires_at"),
            instant(row, "revoked_at"),
            instant(row, "last_used_at"),
            row.getBoolean("passing"));

    private static final RowMapper<SecretRow> SECRET = (row, context) -> new SecretRow(
            row.getObject("secret_id", UUID.class),
            row.getObject("key_id", UUID.class),
            row.getBytes("hash"),
            row.getTimestamp("created_at").toInstant(),
            instant(row, "expires_at"));

    private KeyStore() {}

    /** Finds a key by its prefix in a transaction without an organization, which sees this one key alone. */
    static Optional<Presented> present(Handle handle, String prefix) {
        handle.createQuery("SELECT set_config('gantry.key_prefix', :prefix, true)")
                .bind("prefix", prefix)
                .mapTo(String.class)
                .one();
        Optional<KeyRow> key = handle.createQuery("SELECT * FROM api_keys WHERE prefix = :prefix")
                .bind("prefix", prefix)
                .map(KEY)
                .findOne();
        return key.map(row -> new Presented(
                row,
                handle.createQuery("SELECT * FROM key_secrets WHERE prefix = :prefix AND retired_at IS NULL")
                        .bind("prefix", prefix)
                        .map(SECRET)
                        .list()));
    }

    /** Returns false if the prefix is taken, by whomever. */
    static boolean insert(Handle handle, KeyRow key, UUID createdBy) {
        return handle.createUpdate("""
                                INSERT INTO api_keys (key_id, organization_id, prefix, principal_id, name, team_id,
                                    project, permissions, created_by, created_at, expires_at, passing)
                                VALUES (:id, gantry_organization(), :prefix, :principal, :name, CAST(:team AS uuid),
                                    :project, CAST(:permissions AS text[]), :createdBy, :createdAt,
                                    CAST(:expiresAt AS timestamptz), :passing)
                                ON CONFLICT (prefix) DO NOTHING""")
                        .bind("id", key.id())
                        .bind("prefix", key.prefix())
                        .bind("principal", key.principalId())
                        .bind("name", key.name())
                        .bind("team", key.teamId())
                        .bind("project", key.project())
                        .bind(
                                "permissions",
                                key.permissions() == null
                                        ? null
                                        : key.permissions().toArray(String[]::new))
                        .bind("createdBy", createdBy)
                        .bind("createdAt", key.createdAt())
                        .bind("expiresAt", key.expiresAt())
                        .bind("passing", key.passing())
                        .execute()
                == 1;
    }

    static void insertSecret(Handle handle, UUID id, KeyRow key, byte[] hash, Instant now) {
        handle.createUpdate("""
                        INSERT INTO key_secrets (secret_id, organization_id, key_id, prefix, hash, created_at)
                        VALUES (:id, gantry_organization(), :key, :prefix, :hash, :now)""")
                .bind("id", id)
                .bind("key", key.id())
                .bind("prefix", key.prefix())
                .bind("hash", hash)
                .bind("now", now)
                .execute();
    }

    static Optional<KeyRow> find(Handle handle, UUID id) {
        return handle.createQuery("SELECT * FROM api_keys WHERE key_id = :id")
                .bind("id", id)
                .map(KEY)
                .findOne();
    }

    /** Finds a key and keeps others from changing it until the end of the transaction. */
    static Optional<KeyRow> findForUpdate(Handle handle, UUID id) {
        return handle.createQuery("SELECT * FROM api_keys WHERE key_id = :id FOR UPDATE")
                .bind("id", id)
                .map(KEY)
                .findOne();
    }

    /**
     * Returns keys, the newest leading.
     *
     * @param owner whose; null for everybody's
     * @param team bound to which; null for any or none
     */
    static List<KeyRow> list(
            Handle handle, KeyQuery query, @Nullable UUID owner, @Nullable UUID team, Instant now, PageRequest page) {
        KeyQuery.State state = query.state();
        String text = query.text();
        return handle.createQuery("""
                        SELECT * FROM api_keys
                        WHERE key_id < :before
                          AND (CAST(:principal AS uuid) IS NULL OR principal_id = CAST(:principal AS uuid))
                          AND (CAST(:team AS uuid) IS NULL OR team_id = CAST(:team AS uuid))
                          AND (CAST(:project AS text) IS NULL OR project = CAST(:project AS text))
                          AND (CAST(:text AS text) IS NULL OR strpos(lower(name), CAST(:text AS text)) > 0
                              OR starts_with(lower(prefix), CAST(:text AS text)))
                          AND CASE :state
                              WHEN 'ANY' THEN true
                              WHEN 'REVOKED' THEN revoked_at IS NOT NULL
                              WHEN 'EXPIRED' THEN revoked_at IS NULL AND expires_at <= :now
                              WHEN 'ACTIVE' THEN revoked_at IS NULL AND (expires_at IS NULL OR expires_at > :now)
                              ELSE revoked_at IS NULL END
                        ORDER BY key_id DESC LIMIT :rows""")
                .bind("before", page.before())
                .bind("principal", owner)
                .bind("team", team)
                .bind("project", query.project())
                .bind("text", text == null ? null : text.toLowerCase(Locale.ROOT))
                .bind("state", state == null ? "" : state.name())
                .bind("now", now)
                .bind("rows", page.rows())
                .map(KEY)
                .list();
    }

    /** Returns the secrets of some keys that are neither retired nor expired, the newest first. */
    static Map<UUID, List<SecretRow>> liveSecrets(Handle handle, List<UUID> keys, Instant now) {
        return handle
                .createQuery("""
                        SELECT * FROM key_secrets
                        WHERE key_id = ANY(:keys) AND retired_at IS NULL AND (expires_at IS NULL OR expires_at > :now)
                        ORDER BY secret_id DESC""")
                .bindArray("keys", UUID.class, new ArrayList<>(keys))
                .bind("now", now)
                .map(SECRET)
                .list()
                .stream()
                .collect(Collectors.groupingBy(SecretRow::keyId));
    }

    static int countLive(Handle handle, UUID principal, Instant now) {
        return handle.createQuery("""
                        SELECT count(*) FROM api_keys
                        WHERE principal_id = :principal AND revoked_at IS NULL
                          AND (expires_at IS NULL OR expires_at > :now)""")
                .bind("principal", principal)
                .bind("now", now)
                .mapTo(Integer.class)
                .one();
    }

    static void expireSecret(Handle handle, UUID secret, Instant at) {
        handle.createUpdate("UPDATE key_secrets SET expires_at = :at WHERE secret_id = :secret")
                .bind("secret", secret)
                .bind("at", at)
                .execute();
    }

    static void retireSecret(Handle handle, UUID secret, Instant now) {
        handle.createUpdate("UPDATE key_secrets SET retired_at = :now WHERE secret_id = :secret")
                .bind("secret", secret)
                .bind("now", now)
                .execute();
    }

    /** Puts expired secrets of a key out of the way, so that looking it up never reads more than a few. */
    static void retireExpired(Handle handle, UUID key, Instant now) {
        handle.createUpdate("""
                        UPDATE key_secrets SET retired_at = expires_at
                        WHERE key_id = :key AND retired_at IS NULL AND expires_at <= :now""").bind("key", key).bind("now", now).execute();
    }

    static void revoke(Handle handle, UUID key, Instant now) {
        handle.createUpdate("UPDATE api_keys SET revoked_at = :now WHERE key_id = :key AND revoked_at IS NULL")
                .bind("key", key)
                .bind("now", now)
                .execute();
    }

    static boolean existsNamed(Handle handle, UUID principal, String name) {
        return handle.createQuery(
                        "SELECT EXISTS (SELECT 1 FROM api_keys WHERE principal_id = :principal AND name = :name)")
                .bind("principal", principal)
                .bind("name", name)
                .mapTo(Boolean.class)
                .one();
    }

    /** Revokes all keys of the organization. */
    static void revokeAll(Handle handle, Instant now) {
        handle.createUpdate("UPDATE api_keys SET revoked_at = :now WHERE revoked_at IS NULL")
                .bind("now", now)
                .execute();
    }

    /** Revokes all keys of a principal. */
    static void revokeOf(Handle handle, UUID principal, Instant now) {
        handle.createUpdate(
                        "UPDATE api_keys SET revoked_at = :now WHERE principal_id = :principal AND revoked_at IS NULL")
                .bind("principal", principal)
                .bind("now", now)
                .execute();
    }

    /** Returns the prefixes of a principal's keys of one name that were not revoked, and revokes them. */
    static List<String> revokeNamed(Handle handle, UUID principal, String name, Instant now) {
        return handle.createQuery("""
                        UPDATE api_keys SET revoked_at = :now
                        WHERE principal_id = :principal AND name = :name AND revoked_at IS NULL
                        RETURNING prefix""")
                .bind("principal", principal)
                .bind("name", name)
                .bind("now", now)
                .mapTo(String.class)
                .list();
    }

    /** Notes when keys were last used; never moves a time back. */
    static void touch(Handle handle, List<UUID> keys, List<Instant> times) {
        handle.createUpdate("""
                        UPDATE api_keys k SET last_used_at = greatest(k.last_used_at, used.at)
                        FROM unnest(:keys, CAST(:times AS timestamptz[])) AS used (key_id, at)
                        WHERE k.key_id = used.key_id""")
                .bindArray("keys", UUID.class, new ArrayList<>(keys))
                .bindArray(
                        "times",
                        String.class,
                        times.stream().map(Instant::toString).toList())
                .execute();
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        Timestamp time = row.getTimestamp(column);
        return time == null ? null : time.toInstant();
    }

    private static @Nullable List<String> texts(ResultSet row, String column) throws SQLException {
        java.sql.Array array = row.getArray(column);
        return array == null ? null : Arrays.asList((String[]) array.getArray());
    }
}
