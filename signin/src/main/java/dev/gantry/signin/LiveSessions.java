package dev.gantry.signin;

import dev.gantry.database.Database;
import dev.gantry.identity.ApiKey;
import dev.gantry.identity.Beliefs;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Identity;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The sessions that a node remembers, and how it reads those that it does not: with whoever has them, as long as they may. Thread-safe. */
final class LiveSessions {
    private static final int REMEMBERED_MAX = 50_000;

    private final Database database;
    private final Identity identity;
    private final boolean keysOpenSessions;
    private final Clock clock;
    private final Beliefs<Session> known;

    LiveSessions(Database database, Identity identity, boolean keysOpenSessions, Clock clock) {
        this.database = database;
        this.identity = identity;
        this.keysOpenSessions = keysOpenSessions;
        this.clock = clock;
        this.known = identity.beliefs(
                "session", REMEMBERED_MAX, session -> session.row().organization());
    }

    /** Returns what is remembered under a key; null for nothing that can still be believed. */
    @Nullable
    Session find(String key) {
        return known.find(key);
    }

    /** Reads a session, and remembers it under a key. */
    @Nullable
    Session read(String key, Supplier<@Nullable Session> reading) {
        return known.read(key, reading);
    }

    /** Under what a session is remembered, besides its tokens; they are longer. */
    static String key(UUID id) {
        return id.toString();
    }

    /** Reads a session by a token of it; null if there is none, or it has ended. */
    @Nullable
    Session read(byte[] hash, String key) {
        SessionStore.Row row = database.<Optional<SessionStore.Row>>unscoped(
                        handle -> SessionStore.present(handle, hash))
                .orElse(null);
        if (row == null) {
            return null;
        }
        boolean current = MessageDigest.isEqual(row.tokenHash(), hash);
        Instant previousUntil = row.previousUntil();
        return session(
                row,
                key,
                current,
                current || previousUntil == null ? row.expiresAt() : earlier(previousUntil, row.expiresAt()));
    }

    /** Reads a session by its id; null if there is none, or it has ended. */
    @Nullable
    Session read(UUID organization, UUID id) {
        return database.<Optional<SessionStore.Row>>inOrganization(
                        organization, handle -> SessionStore.find(handle, id))
                .map(row -> session(row, key(id), false, row.expiresAt()))
                .orElse(null);
    }

    /**
     * Puts together what was read; null if it has ended.
     *
     * @param current whether it was found by its newest token
     * @param until when what it was found by ends
     */
    private @Nullable Session session(SessionStore.Row row, String key, boolean current, Instant until) {
        Instant now = clock.instant();
        if (!now.isBefore(until) || !now.isBefore(row.idleExpiresAt())) {
            return null;
        }
        Caller caller = caller(row);
        Instant keyEnd = keyEnd(row);
        return caller == null || keyEnd == null
                ? null
                : new Session(
                        row,
                        caller,
                        key,
                        current && !MessageDigest.isEqual(row.rightsHash(), rights(caller)),
                        earlier(until, keyEnd));
    }

    /** Returns until when the secret works that a session was opened with; null if it does not any more, or no key may open one. */
    private @Nullable Instant keyEnd(SessionStore.Row row) {
        UUID key = row.keyId();
        UUID secret = row.keySecretId();
        if (key == null) {
            return Instant.MAX;
        }
        if (!keysOpenSessions) {
            return null;
        }
        ApiKey.LiveSecret live = secret == null
                ? null
                : identity.keys().live(row.organization(), key, secret).orElse(null);
        Instant end = live == null ? null : live.expiresAt();
        return live == null ? null : end == null ? Instant.MAX : end;
    }

    /** Returns null if whose session it is may not call any more. */
    private @Nullable Caller caller(SessionStore.Row row) {
        try {
            return identity.onBehalf(row.organization(), row.principalId(), row.keyId());
        } catch (GantryException refusal) {
            if (refusal.code() == ErrorCode.UNAUTHENTICATED || refusal.code() == ErrorCode.ORGANIZATION_SUSPENDED) {
                return null;
            }
            throw refusal;
        }
    }

    /** Has every node read a session anew, once the transaction has ended. */
    void forget(Handle handle, SessionStore.Row row) {
        known.forget(handle, key(row.id()));
        known.forget(handle, SessionToken.key(row.tokenHash()));
        byte[] previous = row.previousHash();
        if (previous != null) {
            known.forget(handle, SessionToken.key(previous));
        }
    }

    /** Has this node read a session anew. */
    void forget(SessionStore.Row row) {
        known.forget(key(row.id()));
        known.forget(SessionToken.key(row.tokenHash()));
        byte[] previous = row.previousHash();
        if (previous != null) {
            known.forget(SessionToken.key(previous));
        }
    }

    /** What somebody may do, in a form that is the same as long as that is. */
    static byte[] rights(Caller caller) {
        return SessionToken.hash(caller.rights().describe() + " in " + caller.teams());
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
