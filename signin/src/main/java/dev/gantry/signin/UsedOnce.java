package dev.gantry.signin;

import dev.gantry.database.Database;
import java.time.Clock;
import java.time.Instant;

/**
 * Remembers on all nodes together what counts once, until it would not count any more anyway. Only what a provider vouched
 * for is to be remembered, so that strangers cannot fill it. Thread-safe.
 */
final class UsedOnce {
    private static final int SWEPT_MAX = 100;

    private final Database database;
    private final Clock clock;

    UsedOnce(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Returns true to one of all who ask for the same. */
    boolean claim(String purpose, String id, Instant until) {
        Instant now = clock.instant();
        return database.unscoped(handle -> {
            handle.createUpdate("""
                            DELETE FROM signin_used WHERE what IN (
                                SELECT what FROM signin_used WHERE expires_at < :now
                                ORDER BY expires_at LIMIT :rows FOR UPDATE SKIP LOCKED)""").bind("now", now).bind("rows", SWEPT_MAX).execute();
            return handle.createUpdate("""
                                    INSERT INTO signin_used (what, expires_at) VALUES (:what, :until)
                                    ON CONFLICT (what) DO NOTHING""")
                            .bind("what", what(purpose, id))
                            .bind("until", until)
                            .execute()
                    == 1;
        });
    }

    /** Returns whether it was claimed. */
    boolean isClaimed(String purpose, String id) {
        return database.<Boolean>unscoped(
                handle -> handle.createQuery("SELECT EXISTS (SELECT 1 FROM signin_used WHERE what = :what)")
                        .bind("what", what(purpose, id))
                        .mapTo(Boolean.class)
                        .one());
    }

    private static byte[] what(String purpose, String id) {
        return SessionToken.hash(purpose + " " + id);
    }
}
