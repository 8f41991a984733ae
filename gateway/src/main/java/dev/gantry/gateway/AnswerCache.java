package dev.gantry.gateway;

import dev.gantry.crypto.KeyRing;
import dev.gantry.crypto.Sealed;
import dev.gantry.kernel.GantryException;
import dev.gantry.provider.ClientSchema.Operation;
import dev.gantry.provider.JsonCursor.Malformed;
import dev.gantry.redis.RedisLink;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers that may be given again: to requests which the guard has left the same in everything on which an answer depends,
 * from those who share answers. Keys are fingerprints and entries are sealed under keys of the organization, so that whoever
 * reads the store learns nothing and can put nothing into it. What is kept is what the guard lets pass of an answer, with
 * placeholders for what it replaced; whoever gets it again gets it through a guard of their own. Nothing that goes wrong here
 * is an error for the caller: a model is asked. Thread-safe.
 */
public final class AnswerCache {
    private static final Logger LOG = LoggerFactory.getLogger(AnswerCache.class);
    private static final String PURPOSE = "answers";

    private final CacheSettings settings;
    private final KeyRing keyRing;
    private final CacheStore store;
    private final @Nullable SemanticIndex semantic;
    private final Router router;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final Flights flights = new Flights();

    AnswerCache(
            CacheSettings settings,
            KeyRing keyRing,
            CacheStore store,
            @Nullable SemanticIndex semantic,
            Router router,
            Clock clock,
            LongSupplier nanoTime) {
        this.settings = settings;
        this.keyRing = keyRing;
        this.store = store;
        this.semantic = semantic;
        this.router = router;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /**
     * Opens the cache of a node.
     *
     * @param redis where entries lie if the settings say so; null where there is none
     * @param embedder turns messages into vectors, for answers to questions that only mean the same
     * @param clock tells the age of answers
     * @param nanoTime as {@link System#nanoTime}; tells how long others were waited for
     * @throws IllegalArgumentException if entries are to lie in Redis and there is none
     */
    public static AnswerCache open(
            CacheSettings settings,
            KeyRing keyRing,
            @Nullable RedisLink redis,
            MessageEmbedder embedder,
            Router router,
            Clock clock,
            LongSupplier nanoTime) {
        CacheStore store = switch (settings.store()) {
            case MEMORY -> new MemoryCacheStore(settings.memoryMax().bytes(), nanoTime);
            case REDIS -> {
                if (redis == null) {
                    throw new IllegalArgumentException("cache.store is redis, and the section redis names none");
                }
                yield new RedisCacheStore(redis);
            }
        };
        SemanticIndex semantic = settings.semantic().enabled()
                ? new SemanticIndex(settings.semantic(), settings.ttl(), embedder, nanoTime)
                : null;
        return new AnswerCache(settings, keyRing, store, semantic, router, clock, nanoTime);
    }

    /**
     * Begins to look for the answer to a request.
     *
     * @throws GantryException {@code INVALID_REQUEST} if what the caller wishes of the cache cannot be read
     */
    Recall recall(Guarded guarded) {
        if (!settings.enabled()) {
            return Recall.NONE;
        }
        Admitted admitted = guarded.admitted();
        Prompt prompt = admitted.prompt();
        CacheWishes wishes = CacheWishes.of(admitted.ask().origin().wishes());
        if (prompt.operation() == Operation.TOKEN_COUNT) {
            return Recall.NONE;
        }
        String obstacle = CacheQuestion.obstacle(prompt, settings, wishes);
        if (obstacle == null && !store.isAvailable()) {
            obstacle = "store is away";
        }
        byte[] key = obstacle == null ? key(admitted) : null;
        if (key == null) {
            guarded.cached(CacheOutcome.bypass(obstacle == null ? "no key" : obstacle));
            return Recall.NONE;
        }
        return new CacheRecall(this, wishes, key);
    }

    private byte @Nullable [] key(Admitted admitted) {
        try {
            return keyRing.fingerprint(
                    admitted.caller().organization(), PURPOSE, CacheQuestion.identity(admitted, settings.visibility()));
        } catch (GantryException | Malformed noKey) {
            LOG.debug("Nothing is looked up in the cache: {}", noKey.getMessage());
            return null;
        }
    }

    /** Returns a fresh entry; null when there is none that can be read. */
    @Nullable
    CacheEntry find(UUID organization, byte[] key) {
        byte[] sealed = store.get(key);
        if (sealed == null) {
            return null;
        }
        try {
            CacheEntry entry = CacheEntry.of(keyRing.open(organization, Sealed.fromBytes(sealed), key));
            return age(entry).compareTo(settings.ttl()) < 0 ? entry : null;
        } catch (GantryException | IOException unreadable) {
            LOG.warn("An entry of the cache cannot be read, so a model is asked: {}", unreadable.getMessage());
            return null;
        }
    }

    void put(UUID organization, byte[] key, CacheEntry entry) {
        try {
            store.put(key, keyRing.seal(organization, entry.toBytes(), key).toBytes(), settings.ttl());
        } catch (GantryException unsealed) {
            LOG.debug("An answer is not kept: {}", unsealed.getMessage());
        }
    }

    /** Returns how long an entry lies there; never less than nothing, however clocks go. */
    Duration age(CacheEntry entry) {
        Duration age = Duration.between(entry.storedAt(), clock.instant());
        return age.isNegative() ? Duration.ZERO : age;
    }

    CacheSettings settings() {
        return settings;
    }

    /** Whether looking twice costs little. */
    boolean isLocal() {
        return store instanceof MemoryCacheStore;
    }

    Flights flights() {
        return flights;
    }

    @Nullable
    SemanticIndex semantic() {
        return semantic;
    }

    Router router() {
        return router;
    }

    Clock clock() {
        return clock;
    }

    LongSupplier nanoTime() {
        return nanoTime;
    }
}
