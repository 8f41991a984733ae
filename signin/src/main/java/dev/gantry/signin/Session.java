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
    private static final long CHECK_PAUSE_MILLIS = 60_000;

    private final SessionStore.Row row;
    private final Caller caller;
    private final String cacheKey;
    private final boolean rightsChanged;
    private final long presentedUntilMillis;
    private final AtomicLong seenMillis;
    private final AtomicLong checkMillis;
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
        this.caller = caller.provenBy(PassingProof.ofPerson(row.expiresAt(), row.provenAt()));
        this.cacheKey = cacheKey;
        this.rightsChanged = rightsChanged;
        this.presentedUntilMillis = presentedUntil.toEpochMilli();
        this.seenMillis = new AtomicLong(row.seenAt().toEpochMilli());
        Instant checkAt = row.checkAt();
        this.checkMillis = new AtomicLong(checkAt == null ? Long.MAX_VALUE : checkAt.toEpochMilli());
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

    /** Returns true to one of all who ask once a check is due; of the others, each is told so anew after a minute. */
    boolean isToBeChecked(long nowMillis) {
        long due = checkMillis.get();
        return nowMillis >= due && checkMillis.compareAndSet(due, nowMillis + CHECK_PAUSE_MILLIS);
    }

    /** Says when the provider is asked next. */
    void checkAt(Instant next) {
        checkMillis.set(next.toEpochMilli());
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

    /** Returns when they last proved who they are, which may be long before they signed in; null if nobody knows. */
    public @Nullable Instant provenAt() {
        return row.provenAt();
    }

    /** Returns how strongly they did, as far as is known. */
    public Assurance assurance() {
        return row.assurance();
    }

    /** Returns what names the session to {@link Sessions#endMarked}, and is good for nothing else. */
    public String mark() {
        return SessionToken.key(row.tokenHash());
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
