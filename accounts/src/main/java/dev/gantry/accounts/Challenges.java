package dev.gantry.accounts;

import dev.gantry.crypto.KeyRing;
import dev.gantry.crypto.Sealed;
import dev.gantry.database.Database;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * What a client carries from one step of signing in to the next: sealed by the organization's data key, good for five
 * minutes and for one success. Nothing is stored until then, so that strangers cannot fill a table. Thread-safe.
 */
final class Challenges {
    static final Duration LIFETIME = Duration.ofMinutes(5);
    private static final int NONCE_LENGTH = 32;
    private static final int LENGTH_MAX = 1024;
    private static final int SWEPT_MAX = 100;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final KeyRing keyRing;
    private final Database database;
    private final Clock clock;

    /** What is to be proven next. */
    enum Purpose {
        /** A second factor of somebody whose password was right. */
        SECOND_FACTOR(1),
        /** A passkey of whoever has one. */
        PASSKEY(2),
        /** That somebody who is signed in has a new passkey at hand. */
        PASSKEY_ENROLMENT(3);

        private final byte code;

        Purpose(int code) {
            this.code = (byte) code;
        }
    }

    /**
     * A challenge that was opened.
     *
     * @param principal who has come so far; null when anybody may
     * @param nonce random, also the challenge of WebAuthn
     * @param flag what the step before left to be done
     * @param version of the password that was right; 0 when none was given
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Challenge(
            Purpose purpose,
            UUID organization,
            @Nullable UUID principal,
            byte[] nonce,
            boolean flag,
            long version,
            Instant expiresAt) {}

    Challenges(KeyRing keyRing, Database database, Clock clock) {
        this.keyRing = keyRing;
        this.database = database;
        this.clock = clock;
    }

    /** A challenge and the text that the client carries. */
    record Issued(Challenge challenge, String text) {}

    Issued issue(Purpose purpose, UUID organization, @Nullable UUID principal) {
        return issue(purpose, organization, principal, false, 0);
    }

    Issued issue(Purpose purpose, UUID organization, @Nullable UUID principal, boolean flag, long version) {
        byte[] nonce = new byte[NONCE_LENGTH];
        RANDOM.nextBytes(nonce);
        Instant expiresAt = clock.instant().plus(LIFETIME).truncatedTo(ChronoUnit.SECONDS);
        UUID subject = principal == null ? new UUID(0, 0) : principal;
        byte[] plain = ByteBuffer.allocate(2 + 4 * Long.BYTES + NONCE_LENGTH)
                .put(purpose.code)
                .put((byte) (flag ? 1 : 0))
                .putLong(subject.getMostSignificantBits())
                .putLong(subject.getLeastSignificantBits())
                .putLong(version)
                .putLong(expiresAt.getEpochSecond())
                .put(nonce)
                .array();
        byte[] sealed = keyRing.seal(organization, plain, place()).toBytes();
        byte[] whole = ByteBuffer.allocate(2 * Long.BYTES + sealed.length)
                .putLong(organization.getMostSignificantBits())
                .putLong(organization.getLeastSignificantBits())
                .put(sealed)
                .array();
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(whole);
        return new Issued(new Challenge(purpose, organization, principal, nonce, flag, version, expiresAt), text);
    }

    /**
     * Opens what a client brings back.
     *
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED} if it was altered, is for something else, or too old
     */
    Challenge open(String text, Purpose purpose) {
        if (text.length() > LENGTH_MAX) {
            throw stale(null);
        }
        try {
            ByteBuffer whole = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
            UUID organization = new UUID(whole.getLong(), whole.getLong());
            byte[] sealed = new byte[whole.remaining()];
            whole.get(sealed);
            ByteBuffer plain = ByteBuffer.wrap(keyRing.open(organization, Sealed.fromBytes(sealed), place()));
            boolean meant = plain.get() == purpose.code;
            boolean flag = plain.get() == 1;
            UUID subject = new UUID(plain.getLong(), plain.getLong());
            long version = plain.getLong();
            Instant expiresAt = Instant.ofEpochSecond(plain.getLong());
            byte[] nonce = new byte[NONCE_LENGTH];
            plain.get(nonce);
            if (!meant || !clock.instant().isBefore(expiresAt)) {
                throw stale(null);
            }
            UUID principal = subject.equals(new UUID(0, 0)) ? null : subject;
            return new Challenge(purpose, organization, principal, nonce, flag, version, expiresAt);
        } catch (IllegalArgumentException | java.nio.BufferUnderflowException malformed) {
            throw stale(malformed);
        } catch (GantryException unusable) {
            if (unusable.code() == ErrorCode.DATABASE_UNAVAILABLE) {
                throw unusable;
            }
            throw stale(unusable);
        }
    }

    /**
     * Uses a challenge up, in a transaction of its organization.
     *
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED} if that happened before
     */
    void spend(Handle handle, Challenge challenge) {
        sweep(handle);
        boolean first = handle.createUpdate("""
                                INSERT INTO spent_challenges (organization_id, challenge_hash, expires_at)
                                VALUES (gantry_organization(), :hash, :expiresAt)
                                ON CONFLICT DO NOTHING""")
                        .bind("hash", Digests.of(challenge.nonce()))
                        .bind("expiresAt", challenge.expiresAt())
                        .execute()
                == 1;
        if (!first) {
            throw stale(null);
        }
    }

    /** Uses a challenge up in a transaction of its own. */
    void spend(Challenge challenge) {
        database.<Boolean>inOrganization(challenge.organization(), handle -> {
            spend(handle, challenge);
            return true;
        });
    }

    private void sweep(Handle handle) {
        handle.createUpdate("""
                        DELETE FROM spent_challenges WHERE challenge_hash IN (
                            SELECT challenge_hash FROM spent_challenges WHERE expires_at < :now
                            ORDER BY expires_at LIMIT :rows FOR UPDATE SKIP LOCKED)""")
                .bind("now", clock.instant())
                .bind("rows", SWEPT_MAX)
                .execute();
    }

    private static byte[] place() {
        return "accounts/challenge".getBytes(StandardCharsets.US_ASCII);
    }

    static GantryException stale(@Nullable Exception cause) {
        return new GantryException(
                ErrorCode.UNAUTHENTICATED, "This step of signing in is no longer valid; begin again", cause);
    }
}
