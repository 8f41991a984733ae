package dev.gantry.triggers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.gantry.crypto.KeyRing;
import dev.gantry.jobs.DurableTasks;
import dev.gantry.jobs.TaskTransaction;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.runs.Runs;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Calls from outside that start workflows. Whoever calls is known by a signature alone; that a webhook does not exist, and that
 * a signature is wrong, takes the same work and gives the same answer. A call that came before starts nothing again.
 * Thread-safe.
 */
public final class Hooks {
    /** Longest time for which the former secret goes on working. */
    public static final Duration OVERLAP_MAX = Duration.ofDays(30);

    private static final int SECRET_BYTES = 32;
    private static final int SECRETS_LIVE_MAX = 2;
    private static final int REFUSED_MAX = 60;
    private static final int ADDRESSES_MAX = 10_000;
    private static final int FORGET_MAX = 100;
    private static final int ID_BYTES = 32;

    private final DurableTasks tasks;
    private final TriggerStore store;
    private final HookSecrets secrets;
    private final TriggerStarts starts;
    private final TriggerSettings settings;
    private final SecureRandom random = new SecureRandom();
    private final String decoy;
    private final Cache<String, AtomicInteger> refused = Caffeine.newBuilder()
            .maximumSize(ADDRESSES_MAX)
            .expireAfterWrite(Duration.ofMinutes(1))
            .build();

    Hooks(DurableTasks tasks, KeyRing keys, TriggerStore store, TriggerStarts starts, TriggerSettings settings) {
        this.tasks = tasks;
        this.store = store;
        this.secrets = new HookSecrets(keys);
        this.starts = starts;
        this.settings = settings;
        this.decoy = newSecret();
    }

    /**
     * A call.
     *
     * @param hook what names the webhook in its address
     * @param headers by name in lower case
     * @param address whence it came
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared, and copied by nobody.
    public record Call(String hook, Map<String, String> headers, byte[] body, String address) {}

    /**
     * What became of a call.
     *
     * @param run null when it does not concern the workflow
     * @param repeated whether it had come before, and this is the run that it started then
     */
    public record Taken(Trigger trigger, @Nullable UUID run, boolean repeated) {}

    private record Known(Trigger trigger, List<String> secrets) {}

    /** Returns what names a webhook in its address. */
    public static String address(Trigger trigger) {
        return name(trigger.owner().organization(), trigger.id());
    }

    private static String name(UUID organization, UUID id) {
        byte[] bytes = ByteBuffer.allocate(ID_BYTES)
                .putLong(organization.getMostSignificantBits())
                .putLong(organization.getLeastSignificantBits())
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Returns the longest body that is looked at. */
    public long bodyBytesMax() {
        return settings.hookBodyMax().bytes();
    }

    /**
     * Takes a call.
     *
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED} if there is no such webhook or the signature is wrong, always in
     *     the same words; {@link ErrorCode#REQUEST_TOO_LARGE}; {@link ErrorCode#RATE_LIMITED}; {@link
     *     ErrorCode#INVALID_REQUEST} if the body does not fit; {@link ErrorCode#CONFLICT} if the webhook starts nothing now
     */
    public Taken call(Call call) {
        requireSize(call.body());
        UUID[] ids = ids(call.hook());
        Optional<Known> known = tasks.transaction(ids[0], transaction -> find(transaction, ids[1]));
        List<String> candidates = new ArrayList<>(known.map(Known::secrets).orElse(List.of()));
        while (candidates.size() < SECRETS_LIVE_MAX) {
            candidates.add(decoy);
        }
        byte[] digest =
                HookSignature.verify(call.headers(), call.body(), candidates, tasks.now(), settings.hookTolerance());
        if (known.isEmpty() || digest == null) {
            // Not asked before the signature: behind a proxy all senders have one address.
            requirePatience(call.address());
            noteRefused(call.address());
            throw new GantryException(
                    ErrorCode.UNAUTHENTICATED,
                    "There is no such webhook, or the call is not signed with its secret, or is too old");
        }
        return take(known.get().trigger(), call, digest);
    }

    /**
     * Takes a call for a step that waits for it.
     *
     * @param name what names the step in the address
     * @return the run that goes on
     * @throws GantryException as {@link #call} does
     */
    public UUID callStep(String name, byte[] body, String address) {
        requireSize(body);
        JsonNode sent = body.length == 0 ? Json.object() : Json.read(body);
        try {
            return starts.runs().called(name, sent);
        } catch (GantryException refusal) {
            if (refusal.code() == ErrorCode.UNAUTHENTICATED) {
                requirePatience(address);
                noteRefused(address);
            }
            throw refusal;
        }
    }

    private void requireSize(byte[] body) {
        if (body.length > bodyBytesMax()) {
            throw new GantryException(
                    ErrorCode.REQUEST_TOO_LARGE,
                    "The body is larger than the " + bodyBytesMax() + " bytes of triggers.hook_body_max");
        }
    }

    /** Whoever guesses is let guess so often. */
    private void requirePatience(String address) {
        AtomicInteger count = refused.getIfPresent(address);
        if (count != null && count.get() >= REFUSED_MAX) {
            throw new GantryException(
                    ErrorCode.RATE_LIMITED,
                    "Too many calls from this address were refused within a minute",
                    List.of(),
                    Duration.ofMinutes(1),
                    null);
        }
    }

    private void noteRefused(String address) {
        refused.get(address, _ -> new AtomicInteger()).incrementAndGet();
    }

    /** Returns organization and trigger; those of nobody for what is no name. */
    private static UUID[] ids(String name) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(name.length() > 2 * ID_BYTES ? "" : name);
        } catch (IllegalArgumentException foreign) {
            bytes = new byte[0];
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes.length == ID_BYTES ? bytes : new byte[ID_BYTES]);
        return new UUID[] {new UUID(buffer.getLong(), buffer.getLong()), new UUID(buffer.getLong(), buffer.getLong())};
    }

    private Optional<Known> find(TaskTransaction transaction, UUID id) {
        List<String> live = secrets.live(transaction, id, SECRETS_LIVE_MAX);
        return store.find(transaction.handle(), id)
                .map(TriggerStore.Row::trigger)
                .filter(trigger -> trigger.source() instanceof TriggerSource.OnCall)
                .map(trigger -> new Known(trigger, live));
    }

    private Taken take(Trigger trigger, Call call, byte[] digest) {
        UUID organization = trigger.owner().organization();
        Optional<Taken> earlier = tasks.transaction(organization, transaction -> earlier(transaction, trigger, digest));
        if (earlier.isPresent()) {
            return earlier.get();
        }
        if (trigger.state() != TriggerState.ACTIVE) {
            throw idle();
        }
        try {
            ObjectNode event = event(call);
            Optional<Runs.Prepared> request = starts.prepare(trigger, event, 0, tasks.now());
            Taken taken = tasks.transaction(
                    organization, transaction -> take(transaction, trigger, digest, request.orElse(null)));
            if (taken.run() != null && !taken.repeated()) {
                starts.tellStarted(trigger, taken.run());
            }
            return taken;
        } catch (GantryException failure) {
            if (TriggerStarts.mayPass(failure)) {
                throw failure;
            }
            String stopped = tasks.<@Nullable String>transaction(
                    organization, transaction -> starts.failed(transaction, trigger, failure));
            starts.tellFailed(trigger, failure, stopped);
            throw TriggerStarts.isOfTheCall(failure) || failure.code() == ErrorCode.RATE_LIMITED ? failure : idle();
        }
    }

    /** What is wrong with the trigger is for its owner to know, not for whoever calls. */
    private static GantryException idle() {
        return new GantryException(
                ErrorCode.CONFLICT, "This webhook starts nothing at the moment; whoever set it up can see why");
    }

    private Taken take(TaskTransaction transaction, Trigger trigger, byte[] digest, Runs.@Nullable Prepared request) {
        boolean isNew = transaction
                        .handle()
                        .createUpdate("""
                        INSERT INTO trigger_deliveries (organization_id, trigger_id, digest, received_at)
                        VALUES (:organization, :trigger, :digest, :now) ON CONFLICT DO NOTHING
                        """)
                        .bind("organization", trigger.owner().organization())
                        .bind("trigger", trigger.id())
                        .bind("digest", digest)
                        .bind("now", transaction.now())
                        .execute()
                == 1;
        if (!isNew) {
            return earlier(transaction, trigger, digest).orElseThrow(Hooks::idle);
        }
        forget(transaction);
        if (request == null) {
            return new Taken(trigger, null, false);
        }
        UUID run = starts.start(transaction, trigger, request, true);
        transaction
                .handle()
                .createUpdate(
                        "UPDATE trigger_deliveries SET run_id = :run WHERE trigger_id = :trigger AND digest = :digest")
                .bind("run", run)
                .bind("trigger", trigger.id())
                .bind("digest", digest)
                .execute();
        return new Taken(trigger, run, false);
    }

    private static Optional<Taken> earlier(TaskTransaction transaction, Trigger trigger, byte[] digest) {
        return transaction
                .handle()
                .createQuery("SELECT run_id FROM trigger_deliveries WHERE trigger_id = :trigger AND digest = :digest")
                .bind("trigger", trigger.id())
                .bind("digest", digest)
                .map((row, _) -> new Taken(trigger, row.getObject("run_id", UUID.class), true))
                .findOne();
    }

    private void forget(TaskTransaction transaction) {
        transaction
                .handle()
                .createUpdate("""
                        DELETE FROM trigger_deliveries WHERE ctid = ANY (ARRAY(
                            SELECT ctid FROM trigger_deliveries WHERE received_at < :before ORDER BY received_at LIMIT :max))
                        """)
                .bind("before", transaction.now().minus(settings.hookReplayWindow()))
                .bind("max", FORGET_MAX)
                .execute();
    }

    private static ObjectNode event(Call call) {
        ObjectNode event = Json.object();
        ObjectNode headers = event.putObject("headers");
        HookHeaders.shown(call.headers()).forEach(headers::put);
        event.set("body", call.body().length == 0 ? Json.object() : Json.read(call.body()));
        return event;
    }

    private String newSecret() {
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        return HookSignature.SECRET_PREFIX + Base64.getEncoder().encodeToString(bytes);
    }

    /** Ends all secrets of a webhook. */
    void endSecrets(TaskTransaction transaction, UUID trigger) {
        secrets.expire(transaction, trigger, transaction.now());
    }

    String addSecret(TaskTransaction transaction, UUID organization, UUID trigger) {
        String secret = newSecret();
        secrets.add(transaction, organization, trigger, secret);
        return secret;
    }

    /**
     * Gives a webhook another secret. The one before goes on working for a time, so that the sender can be changed without
     * losing calls; there are never more than two.
     *
     * @param overlap how long the former secret goes on working; zero for not at all
     * @return the new secret, shown this once
     * @throws GantryException {@link ErrorCode#NOT_FOUND}
     */
    public String rotate(UUID organization, String name, Duration overlap) {
        String secret = newSecret();
        tasks.transaction(organization, transaction -> {
            Trigger trigger = lock(transaction, name);
            Instant until = transaction.now().plus(overlap);
            secrets.expire(transaction, trigger.id(), until);
            secrets.add(transaction, organization, trigger.id(), secret);
            return null;
        });
        return secret;
    }

    private Trigger lock(TaskTransaction transaction, String name) {
        return store.lock(transaction.handle(), TriggerKind.WEBHOOK, name, null)
                .map(TriggerStore.Row::trigger)
                .orElseThrow(() -> Triggers.missing(TriggerKind.WEBHOOK, name));
    }
}
