package dev.gantry.registry;

import dev.gantry.crypto.KeyRing;
import dev.gantry.crypto.Sealed;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.Ids;
import dev.gantry.registry.SessionMessage.Speaker;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Reads and writes the tables {@code sessions} and {@code session_messages}, inside of the transactions of others. */
final class SessionStore {
    /** A session's row. */
    record Row(UUID id, long lastSequence, int messages) {}

    private final KeyRing keyRing;

    SessionStore(KeyRing keyRing) {
        this.keyRing = keyRing;
    }

    List<SessionSummary> list(Handle handle, UUID owner, String after, int limit) {
        return handle.createQuery("""
                        SELECT name, message_count, character_count, created_at, updated_at FROM sessions
                        WHERE owner_id = :owner AND name > :after
                        ORDER BY name
                        LIMIT :limit
                        """)
                .bind("owner", owner)
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) -> new SessionSummary(
                        row.getString("name"),
                        row.getInt("message_count"),
                        row.getLong("character_count"),
                        AssetStore.instant(row, "created_at"),
                        AssetStore.instant(row, "updated_at")))
                .list();
    }

    Optional<Row> find(Handle handle, UUID owner, String name) {
        return row(handle, owner, name, "");
    }

    /** Returns the row, locked until the transaction ends. */
    Optional<Row> lock(Handle handle, UUID owner, String name) {
        return row(handle, owner, name, "FOR UPDATE");
    }

    private static Optional<Row> row(Handle handle, UUID owner, String name, String locking) {
        return handle.createQuery("SELECT id, last_sequence, message_count FROM sessions"
                        + " WHERE owner_id = :owner AND name = :name " + locking)
                .bind("owner", owner)
                .bind("name", name)
                .map((row, context) -> new Row(
                        row.getObject("id", UUID.class), row.getLong("last_sequence"), row.getInt("message_count")))
                .findOne();
    }

    long count(Handle handle, UUID owner) {
        return handle.createQuery("SELECT count(*) FROM sessions WHERE owner_id = :owner")
                .bind("owner", owner)
                .mapTo(Long.class)
                .one();
    }

    /** Makes an empty session; leaves one that another transaction made meanwhile alone. */
    void insert(Handle handle, Caller owner, String name, Instant now) {
        handle.createUpdate("""
                        INSERT INTO sessions (id, organization_id, owner_id, name, last_sequence, message_count,
                            character_count, created_at, updated_at)
                        VALUES (:id, :organization, :owner, :name, 0, 0, 0, :now, :now)
                        ON CONFLICT (organization_id, owner_id, name) DO NOTHING
                        """)
                .bind("id", Ids.next())
                .bind("organization", owner.organization())
                .bind("owner", owner.principalId())
                .bind("name", name)
                .bind("now", AssetStore.at(now))
                .execute();
    }

    /** Returns the messages, oldest first, decrypted. */
    List<SessionMessage> messages(Handle handle, UUID organization, UUID session) {
        return handle.createQuery("""
                        SELECT sequence, role, sealed, created_at FROM session_messages
                        WHERE session_id = :session ORDER BY sequence
                        """)
                .bind("session", session)
                .map((row, context) -> message(organization, session, row))
                .list();
    }

    /** Adds messages to a session whose row is locked, and forgets the oldest above the bounds. */
    void append(
            Handle handle,
            UUID organization,
            Row session,
            List<SessionMessage> messages,
            RegistrySettings settings,
            Instant now) {
        PreparedBatch batch = handle.prepareBatch("""
                INSERT INTO session_messages (organization_id, session_id, sequence, role, sealed, character_count,
                    created_at)
                VALUES (:organization, :session, :sequence, :role, :sealed, :characters, :now)
                """);
        long sequence = session.lastSequence();
        for (SessionMessage message : messages) {
            sequence++;
            byte[] plain = message.text().getBytes(StandardCharsets.UTF_8);
            batch.bind("organization", organization)
                    .bind("session", session.id())
                    .bind("sequence", sequence)
                    .bind("role", role(message.speaker()))
                    .bind(
                            "sealed",
                            keyRing.seal(organization, plain, place(session.id(), sequence))
                                    .toBytes())
                    .bind("characters", message.text().length())
                    .bind("now", AssetStore.at(now))
                    .add();
        }
        if (!messages.isEmpty()) {
            batch.execute();
        }
        forgetOldest(handle, session.id(), settings);
        handle.createUpdate("""
                        UPDATE sessions SET last_sequence = :sequence, updated_at = :now,
                            message_count = kept.messages, character_count = kept.characters
                        FROM (SELECT count(*) AS messages, coalesce(sum(character_count), 0) AS characters
                            FROM session_messages WHERE session_id = :session) AS kept
                        WHERE id = :session
                        """)
                .bind("sequence", sequence)
                .bind("session", session.id())
                .bind("now", AssetStore.at(now))
                .execute();
    }

    private static void forgetOldest(Handle handle, UUID session, RegistrySettings settings) {
        handle.createUpdate("""
                        DELETE FROM session_messages WHERE session_id = :session AND sequence <= (
                            SELECT max(sequence) FROM (
                                SELECT sequence, count(*) OVER newer AS messages,
                                    sum(character_count) OVER newer AS characters
                                FROM session_messages WHERE session_id = :session
                                WINDOW newer AS (ORDER BY sequence DESC)
                            ) AS running WHERE messages > :messagesMax OR characters > :charsMax)
                        """)
                .bind("session", session)
                .bind("messagesMax", settings.sessionMessagesMax())
                .bind("charsMax", settings.sessionCharsMax())
                .execute();
    }

    void clear(Handle handle, UUID session) {
        handle.createUpdate("DELETE FROM session_messages WHERE session_id = :session")
                .bind("session", session)
                .execute();
    }

    boolean delete(Handle handle, UUID owner, String name) {
        return handle.createUpdate("DELETE FROM sessions WHERE owner_id = :owner AND name = :name")
                        .bind("owner", owner)
                        .bind("name", name)
                        .execute()
                > 0;
    }

    private SessionMessage message(UUID organization, UUID session, ResultSet row) throws SQLException {
        byte[] plain = keyRing.open(
                organization, Sealed.fromBytes(row.getBytes("sealed")), place(session, row.getLong("sequence")));
        return new SessionMessage(
                Speaker.valueOf(row.getString("role").toUpperCase(Locale.ROOT)),
                new String(plain, StandardCharsets.UTF_8),
                AssetStore.instant(row, "created_at"));
    }

    private static String role(Speaker speaker) {
        return speaker.name().toLowerCase(Locale.ROOT);
    }

    /** Binds a text to its place, so that rows cannot be exchanged for one another unseen. */
    private static byte[] place(UUID session, long sequence) {
        return ("session_message:" + session + ":" + sequence).getBytes(StandardCharsets.US_ASCII);
    }
}
