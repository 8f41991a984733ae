package dev.gantry.signin;

import dev.gantry.identity.Caller;
import dev.gantry.identity.PassingProof;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A live session as a node knows it. Immutable but for the time of its last use.
 *
 * @see Sessions#use
 */
public final class Session {
    private final SessionStore.Row row;
    private final Caller caller;
    private final String cacheKey;
    private final boolean rightsChanged;
    private final long presentedUntilMillis;
    private final AtomicLong seenMillis;
    private volatile long idleExpiresMillis;

    /**
     * Puts together what was read.
     *
     * @param cacheKey under which the presented token is remembered
     * @param rightsChanged whether the caller's rights are others than when the token was issued
     * @param presentedUntil until when the presented token is good for it: shorter than the session when it was replaced
     */
    Session(SessionStore.Row row, Caller caller, String cacheKey, boolean rightsChanged, Instant presentedUntil) {
        this.row = row;
        this.caller = caller.provenBy(new PassingProof(row.expiresAt(), row.createdAt()));
        this.cacheKey = cacheKey;
        this.rightsChanged = rightsChanged;
        this.presentedUntilMillis = presentedUntil.toEpochMilli();
        this.seenMillis = new AtomicLong(row.seenAt().toEpochMilli());
        this.idleExpiresMillis = row.idleExpiresAt().toEpochMilli();
    }

    boolean isAlive(long nowMillis) {
        return nowMillis < idleExpiresMillis && nowMillis < presentedUntilMillis;
    }

    /** Returns true to one of all who ask within an interval. */
    boolean isToBeNoted(long nowMillis, long intervalMillis) {
        long seen = seenMillis.get();
        return nowMillis - seen >= intervalMillis && seenMillis.compareAndSet(seen, nowMillis);
    }

    void idleUntil(Instant end) {
        idleExpiresMillis = end.toEpochMilli();
    }

    String cacheKey() {
        return cacheKey;
    }

    SessionStore.Row row() {
        return row;
    }

    /** Returns by what an identity provider may end it; null if none vouches for it. */
    public @Nullable ProviderSession origin() {
        return row().origin();
    }

    /** Returns the session's id. */
    public UUID id() {
        return row.id();
    }

    /** Returns who signed in, and what they may do now. */
    public Caller caller() {
        return caller;
    }

    /** Returns how they signed in, such as {@code api_key} or the name of a provider. */
    public String provider() {
        return row.provider();
    }

    /** Returns what a browser must send along with every change, to show that a page of ours asks for it. */
    public String csrfToken() {
        return row.csrfToken();
    }

    /** Returns when they signed in. */
    public Instant createdAt() {
        return row.createdAt();
    }

    /** Returns when the session ends unless it is used. */
    public Instant idleExpiresAt() {
        return Instant.ofEpochMilli(idleExpiresMillis);
    }

    /** Returns when the session ends in any case. */
    public Instant expiresAt() {
        return row.expiresAt();
    }

    /** Returns whether the caller may do other things than when the token was issued, so that it should be replaced. */
    public boolean rightsChanged() {
        return rightsChanged;
    }
}
