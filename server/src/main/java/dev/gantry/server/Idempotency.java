package dev.gantry.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.crypto.KeyRing;
import dev.gantry.crypto.Sealed;
import dev.gantry.database.Database;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Makes a POST with an {@code Idempotency-Key} act once: the same key with the same request gets the first reply again, for
 * a day. Replies are kept encrypted, since that of a new API key holds its secret. Thread-safe, across nodes too.
 *
 * <p>An attempt that fails leaves nothing behind, so that it can be repeated. One that died with its node blocks its key
 * until its lease ends.
 */
final class Idempotency {
    static final String HEADER = "Idempotency-Key";

    private static final Duration KEPT = Duration.ofHours(24);
    private static final Duration LEASE = Duration.ofMinutes(2);
    private static final int KEY_LENGTH_MAX = 200;
    private static final int SWEEP_ROWS = 100;

    private final Database database;
    private final KeyRing keyRing;
    private final Clock clock;

    Idempotency(Database database, KeyRing keyRing, Clock clock) {
        this.database = database;
        this.keyRing = keyRing;
        this.clock = clock;
    }

    @SuppressWarnings("ArrayRecordComponent") // A row, never compared as a whole.
    private record Earlier(byte[] requestHash, UUID attempt, Instant leasedUntil, byte @Nullable [] sealedReply) {}

    /**
     * Acts, unless an earlier request with the same key did.
     *
     * @throws GantryException {@link ErrorCode#IDEMPOTENCY_CONFLICT} if the key was used for another request,
     *     {@link ErrorCode#CONFLICT} while the first attempt is still under way
     */
    ApiReply once(Caller caller, ApiOperation operation, ApiRequest request, Supplier<ApiReply> act) {
        String key = key(request);
        if (key == null || operation.id().equals(RunsApi.START_OPERATION)) {
            return act.get();
        }
        byte[] hash = hash(operation, request);
        UUID attempt = Ids.next();
        Optional<ApiReply> earlier = claim(caller, key, hash, attempt);
        if (earlier.isPresent()) {
            return earlier.get().withHeader("Idempotent-Replayed", "true");
        }
        ApiReply reply;
        try {
            reply = act.get();
        } catch (RuntimeException failure) {
            forget(caller, key, attempt, failure);
            throw failure;
        }
        complete(caller, key, attempt, reply);
        return reply;
    }

    /**
     * Returns the key of a request; null if it has none.
     *
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} if it is empty or too long
     */
    static @Nullable String key(ApiRequest request) {
        String key = request.headers().get(HEADER);
        if (key != null && (key.isEmpty() || key.length() > KEY_LENGTH_MAX)) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST, HEADER + " must have 1 to " + KEY_LENGTH_MAX + " characters");
        }
        return key;
    }

    /** Returns the earlier reply, or nothing when the key is now ours. */
    private Optional<ApiReply> claim(Caller caller, String key, byte[] hash, UUID attempt) {
        Instant now = clock.instant();
        Earlier earlier = database.inOrganization(caller.organization(), handle -> {
            sweep(handle, now);
            return insert(handle, caller, key, hash, attempt, now)
                    ? null
                    : lock(handle, caller, key, hash, attempt, now);
        });
        if (earlier == null) {
            return Optional.empty();
        }
        if (!MessageDigest.isEqual(earlier.requestHash(), hash)) {
            throw new GantryException(
                    ErrorCode.IDEMPOTENCY_CONFLICT,
                    "This " + HEADER + " was used for another request; choose a new one");
        }
        if (earlier.attempt().equals(attempt)) {
            return Optional.empty();
        }
        if (earlier.sealedReply() == null) {
            throw new GantryException(
                    ErrorCode.CONFLICT,
                    "The first request with this " + HEADER + " is still under way; ask again for its reply",
                    List.of(),
                    Duration.ofSeconds(1),
                    null);
        }
        byte[] reply = keyRing.open(caller.organization(), Sealed.fromBytes(earlier.sealedReply()), bind(caller, key));
        return Optional.of(read(Json.readObject(reply)));
    }

    private static boolean insert(Handle handle, Caller caller, String key, byte[] hash, UUID attempt, Instant now) {
        return handle.createUpdate("""
                        INSERT INTO idempotent_requests
                            (organization_id, principal_id, key, request_hash, attempt, leased_until, expires_at)
                        VALUES (:organization, :principal, :key, :hash, :attempt, :leased, :expires)
                        ON CONFLICT DO NOTHING""")
                        .bind("organization", caller.organization())
                        .bind("principal", caller.principalId())
                        .bind("key", key)
                        .bind("hash", hash)
                        .bind("attempt", attempt)
                        .bind("leased", now.plus(LEASE))
                        .bind("expires", now.plus(KEPT))
                        .execute()
                == 1;
    }

    /** Returns the row of the earlier attempt; one whose lease has run out without a reply becomes ours. */
    private static @Nullable Earlier lock(
            Handle handle, Caller caller, String key, byte[] hash, UUID attempt, Instant now) {
        handle.createUpdate("""
                        UPDATE idempotent_requests SET attempt = :attempt, leased_until = :leased
                        WHERE principal_id = :principal AND key = :key AND request_hash = :hash
                            AND sealed_reply IS NULL AND leased_until < :now""")
                .bind("hash", hash)
                .bind("attempt", attempt)
                .bind("leased", now.plus(LEASE))
                .bind("principal", caller.principalId())
                .bind("key", key)
                .bind("now", now)
                .execute();
        return handle.createQuery("""
                        SELECT request_hash, attempt, leased_until, sealed_reply FROM idempotent_requests
                        WHERE principal_id = :principal AND key = :key""")
                .bind("principal", caller.principalId())
                .bind("key", key)
                .map((row, context) -> new Earlier(
                        row.getBytes("request_hash"),
                        row.getObject("attempt", UUID.class),
                        row.getTimestamp("leased_until").toInstant(),
                        row.getBytes("sealed_reply")))
                .findOne()
                .orElse(null);
    }

    private void complete(Caller caller, String key, UUID attempt, ApiReply reply) {
        ObjectNode kept = Json.object().put("status", reply.status());
        kept.set("body", reply.body());
        ObjectNode headers = kept.putObject("headers");
        reply.headers().forEach(headers::put);
        Sealed sealed = keyRing.seal(caller.organization(), Json.write(kept), bind(caller, key));
        database.inOrganization(
                caller.organization(),
                handle -> handle.createUpdate("""
                        UPDATE idempotent_requests SET sealed_reply = :reply
                        WHERE principal_id = :principal AND key = :key AND attempt = :attempt""")
                        .bind("reply", sealed.toBytes())
                        .bind("principal", caller.principalId())
                        .bind("key", key)
                        .bind("attempt", attempt)
                        .execute());
    }

    private void forget(Caller caller, String key, UUID attempt, RuntimeException failure) {
        try {
            delete(caller, key, attempt);
        } catch (GantryException alsoFailed) {
            failure.addSuppressed(alsoFailed);
        }
    }

    private void delete(Caller caller, String key, UUID attempt) {
        database.inOrganization(
                caller.organization(),
                handle -> handle.createUpdate("""
                        DELETE FROM idempotent_requests
                        WHERE principal_id = :principal AND key = :key AND attempt = :attempt""")
                        .bind("principal", caller.principalId())
                        .bind("key", key)
                        .bind("attempt", attempt)
                        .execute());
    }

    /** Removes a few rows that are out of date at every use, so that nothing has to scan for them. */
    private static void sweep(Handle handle, Instant now) {
        handle.createUpdate("""
                        DELETE FROM idempotent_requests WHERE ctid = ANY (ARRAY(
                            SELECT ctid FROM idempotent_requests WHERE expires_at < :now LIMIT :rows))""").bind("now", now).bind("rows", SWEEP_ROWS).execute();
    }

    private static ApiReply read(ObjectNode kept) {
        Map<String, String> headers = new HashMap<>();
        for (Map.Entry<String, JsonNode> header : kept.path("headers").properties()) {
            headers.put(header.getKey(), header.getValue().textValue());
        }
        JsonNode body = kept.get("body");
        return new ApiReply(kept.path("status").intValue(), body == null || body.isNull() ? null : body, headers);
    }

    private static byte[] bind(Caller caller, String key) {
        return ("idempotency\n" + caller.principalId() + "\n" + key).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] hash(ApiOperation operation, ApiRequest request) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((operation.id() + "\n" + request.path() + "\n" + request.query() + "\n")
                    .getBytes(StandardCharsets.UTF_8));
            return digest.digest(Json.write(request.body()));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
