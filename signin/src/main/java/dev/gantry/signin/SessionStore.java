package dev.gantry.signin;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jspecify.annotations.Nullable;

/** Sessions in the database; all but {@link #present} is for a transaction of the organization. */
final class SessionStore {
    private static final int SWEPT_MAX = 100;
    private static final int ENDED_MAX = 10_000;

    /**
     * A row of {@code signin_sessions}; never compared or changed.
     *
     * @param provenAt when who opened it last proved who they are; null if nobody knows
     * @param checkAt when the provider is asked next whether it still holds; null for never
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Row(
            UUID id,
            UUID organization,
            UUID principalId,
            @Nullable UUID keyId,
            @Nullable UUID keySecretId,
            String provider,
            byte[] tokenHash,
            byte @Nullable [] previousHash,
            @Nullable Instant previousUntil,
            byte[] rightsHash,
            String csrfToken,
            String address,
            @Nullable String userAgent,
            Instant createdAt,
            Instant seenAt,
            Instant idleExpiresAt,
            Instant expiresAt,
            @Nullable ProviderSession origin,
            @Nullable Instant provenAt,
            Assurance assurance,
            @Nullable Instant checkAt) {}

    private static final RowMapper<Row> ROW = (row, context) -> new Row(
            row.getObject("session_id", UUID.class),
            row.getObject("organization_id", UUID.class),
            row.getObject("principal_id", UUID.class),
            row.getObject("key_id", UUID.class),
            row.getObject("key_secret_id", UUID.class),
            row.getString("provider"),
            row.getBytes("token_hash"),
            row.getBytes("previous_hash"),
            instant(row.getTimestamp("previous_until")),
            row.getBytes("rights_hash"),
            row.getString("csrf_token"),
            row.getString("address"),
            row.getString("user_agent"),
            row.getTimestamp("created_at").toInstant(),
            row.getTimestamp("seen_at").toInstant(),
            row.getTimestamp("idle_expires_at").toInstant(),
            row.getTimestamp("expires_at").toInstant(),
            row.getString("issuer") == null
                    ? null
                    : new ProviderSession(
                            row.getString("issuer"), row.getString("subject"), row.getString("provider_session")),
            instant(row.getTimestamp("proven_at")),
            new Assurance(
                    row.getString("acr"), List.of((String[]) row.getArray("amr").getArray())),
            instant(row.getTimestamp("check_at")));

    private SessionStore() {}

    private static @Nullable Instant instant(@Nullable Timestamp time) {
        return time == null ? null : time.toInstant();
    }

    /** Finds a session by its token's hash in a transaction without an organization, which sees this one alone. */
    static Optional<Row> present(Handle handle, byte[] hash) {
        handle.createQuery("SELECT set_config('gantry.session_hash', encode(:hash, 'hex'), true)")
                .bind("hash", hash)
                .mapTo(String.class)
                .one();
        return handle.createQuery("SELECT * FROM signin_sessions WHERE token_hash = :hash OR previous_hash = :hash")
                .bind("hash", hash)
                .map(ROW)
                .findOne();
    }

    static Optional<Row> find(Handle handle, UUID id) {
        return handle.createQuery("SELECT * FROM signin_sessions WHERE session_id = :id")
                .bind("id", id)
                .map(ROW)
                .findOne();
    }

    static void insert(Handle handle, Row row) {
        ProviderSession origin = row.origin();
        handle.createUpdate("""
                        INSERT INTO signin_sessions (session_id, organization_id, principal_id, key_id, key_secret_id, provider, token_hash,
                            rights_hash, csrf_token, address, user_agent, created_at, seen_at, idle_expires_at, expires_at,
                            issuer, subject, provider_session, proven_at, acr, amr, check_at)
                        VALUES (:id, gantry_organization(), :principal, CAST(:key AS uuid), CAST(:secret AS uuid), :provider,
                            :hash, :rights, :csrf, :address, :agent, :created, :created, :idle, :expires, :issuer, :subject,
                            :session, :proven, :acr, :amr, :check)""")
                .bind("id", row.id())
                .bind("principal", row.principalId())
                .bind("key", row.keyId())
                .bind("secret", row.keySecretId())
                .bind("provider", row.provider())
                .bind("hash", row.tokenHash())
                .bind("rights", row.rightsHash())
                .bind("csrf", row.csrfToken())
                .bind("address", row.address())
                .bind("agent", row.userAgent())
                .bind("created", row.createdAt())
                .bind("idle", row.idleExpiresAt())
                .bind("expires", row.expiresAt())
                .bind("issuer", origin == null ? null : origin.issuer())
                .bind("subject", origin == null ? null : origin.subject())
                .bind("session", origin == null ? null : origin.session())
                .bind("proven", row.provenAt())
                .bind("acr", row.assurance().acr())
                .bindArray("amr", String.class, row.assurance().amr())
                .bind("check", row.checkAt())
                .execute();
    }

    /** Says when a provider is to be asked next; returns true to one of all who do so, on whatever node. */
    static boolean checkNext(Handle handle, UUID id, Instant now, Instant next) {
        return handle.createUpdate(
                                "UPDATE signin_sessions SET check_at = :next WHERE session_id = :id AND check_at <= :now")
                        .bind("id", id)
                        .bind("now", now)
                        .bind("next", next)
                        .execute()
                == 1;
    }

    /** Notes use. */
    static void touch(Handle handle, UUID id, Instant now, Instant idleExpiresAt) {
        handle.createUpdate("""
                        UPDATE signin_sessions SET seen_at = greatest(seen_at, :now),
                            idle_expires_at = greatest(idle_expires_at, least(:idle, expires_at))
                        WHERE session_id = :id""")
                .bind("id", id)
                .bind("now", now)
                .bind("idle", idleExpiresAt)
                .execute();
    }

    /** Replaces a token, unless another request has done so already. */
    static boolean replace(
            Handle handle, Row row, byte[] hash, byte[] rights, Instant oldUntil, Instant idleExpiresAt) {
        return handle.createUpdate("""
                                UPDATE signin_sessions SET token_hash = :hash, previous_hash = :old, previous_until = :until,
                                    rights_hash = :rights, idle_expires_at = least(:idle, expires_at)
                                WHERE session_id = :id AND token_hash = :old""")
                        .bind("id", row.id())
                        .bind("hash", hash)
                        .bind("old", row.tokenHash())
                        .bind("until", oldUntil)
                        .bind("rights", rights)
                        .bind("idle", idleExpiresAt)
                        .execute()
                == 1;
    }

    static List<Row> ofPrincipal(Handle handle, UUID principal, Instant now) {
        return handle.createQuery("""
                        SELECT * FROM signin_sessions
                        WHERE principal_id = :principal AND idle_expires_at > :now AND expires_at > :now
                        ORDER BY seen_at DESC, session_id""")
                .bind("principal", principal)
                .bind("now", now)
                .map(ROW)
                .list();
    }

    /**
     * Returns those that a provider ends, of all organizations: of one of its sessions, or of a subject. Of a subject whose session
     * has no name there too, since it may be the one that is meant. For a transaction without an organization.
     */
    static List<Row> ofProvider(Handle handle, ProviderSession ended) {
        String session = ended.session();
        String subject = ended.subject();
        handle.createQuery("""
                        SELECT set_config('gantry.notice_issuer', :issuer, true)
                            || set_config('gantry.notice_session', :session, true)
                            || set_config('gantry.notice_subject', :subject, true)""")
                .bind("issuer", ended.issuer())
                .bind("session", session == null ? "" : session)
                .bind("subject", subject == null ? "" : subject)
                .mapTo(String.class)
                .one();
        return handle.createQuery("""
                        SELECT * FROM signin_sessions
                        WHERE issuer = :issuer
                          AND ((provider_session = :session AND (CAST(:subject AS text) IS NULL OR subject = :subject))
                            OR (subject = :subject AND (CAST(:session AS text) IS NULL OR provider_session IS NULL)))
                        LIMIT :rows""")
                .bind("issuer", ended.issuer())
                .bind("session", session)
                .bind("subject", subject)
                .bind("rows", ENDED_MAX)
                .map(ROW)
                .list();
    }

    static void delete(Handle handle, UUID id) {
        handle.createUpdate("DELETE FROM signin_sessions WHERE session_id = :id")
                .bind("id", id)
                .execute();
    }

    static void deleteOf(Handle handle, UUID principal) {
        handle.createUpdate("DELETE FROM signin_sessions WHERE principal_id = :principal")
                .bind("principal", principal)
                .execute();
    }

    /** Removes some of those that have ended. */
    static void sweep(Handle handle, Instant now) {
        handle.createUpdate("""
                        DELETE FROM signin_sessions WHERE session_id IN (
                            SELECT session_id FROM signin_sessions WHERE least(idle_expires_at, expires_at) < :now
                            LIMIT :rows FOR UPDATE SKIP LOCKED)""").bind("now", now).bind("rows", SWEPT_MAX).execute();
    }
}
