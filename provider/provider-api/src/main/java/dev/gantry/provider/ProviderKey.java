package dev.gantry.provider;

import dev.gantry.kernel.Secret;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One key of a provider, and until when it rests. Times are on the scale of {@link System#nanoTime()}. Thread-safe. */
final class ProviderKey {
    /** How long a key that was refused is not used while there is another. */
    static final Duration REFUSAL_REST = Duration.ofMinutes(5);

    private static final long AWAKE = Long.MIN_VALUE;
    private static final int MODELS_MAX = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(ProviderKey.class);

    private final Secret secret;
    private final Function<String, UpstreamHeaders> maker;
    private volatile Made made;
    private final AtomicLong refusedUntil = new AtomicLong(AWAKE);
    private final AtomicInteger refusals = new AtomicInteger();

    /** Providers limit each model of an account by itself. */
    private final Map<String, Long> limitedUntil = new ConcurrentHashMap<>();

    /** Models that the key may not use. */
    private final Map<String, Long> deniedUntil = new ConcurrentHashMap<>();

    /** The headers that were made of a text. */
    private record Made(String text, UpstreamHeaders headers) {}

    ProviderKey(Secret secret, Function<String, UpstreamHeaders> maker) {
        this.secret = secret;
        this.maker = maker;
        String text = secret.reveal();
        this.made = new Made(text, maker.apply(text));
    }

    UpstreamHeaders headers() {
        return made.headers();
    }

    /** Looks whether the key was renewed; a renewed one has not been refused yet. */
    void follow() {
        String now = secret.reveal();
        Made current = made;
        if (now.equals(current.text())) {
            return;
        }
        try {
            made = new Made(now, maker.apply(now));
            limitedUntil.clear();
            deniedUntil.clear();
            accepted();
        } catch (IllegalArgumentException unusable) {
            made = new Made(now, current.headers());
            LOG.warn("A renewed key of a provider cannot be used, the one before stays: {}", unusable.getMessage());
        }
    }

    /** Returns how many nanoseconds the key still rests because it was refused; 0 or less when it does not. */
    long refusedFor(long now) {
        long until = refusedUntil.get();
        return until == AWAKE ? 0 : until - now;
    }

    /** Returns how many nanoseconds the key still rests for a model because of a limit; 0 or less when it does not. */
    long limitedFor(String model, long now) {
        return restFor(limitedUntil, model, now);
    }

    /** Returns how many nanoseconds the key still rests for a model that was denied to it; 0 when it does not. */
    long deniedFor(String model, long now) {
        return restFor(deniedUntil, model, now);
    }

    private static long restFor(Map<String, Long> rests, String model, long now) {
        if (rests.isEmpty()) {
            return 0;
        }
        Long until = rests.get(model);
        if (until == null) {
            return 0;
        }
        if (until - now <= 0) {
            rests.remove(model, until);
            return 0;
        }
        return until - now;
    }

    /** Notes that the provider took the key. */
    void accepted() {
        if (refusals.get() != 0) {
            refusals.set(0);
            refusedUntil.set(AWAKE);
        }
    }

    /** Notes that the provider refused the key. */
    void refused(long now) {
        refusals.incrementAndGet();
        refusedUntil.set(now + REFUSAL_REST.toNanos());
    }

    /** Notes that the provider wants the key to wait. */
    void limited(String model, Duration rest, long now) {
        rest(limitedUntil, model, rest, now);
    }

    /** Notes that the provider does not let the key use a model; returns whether that is new. */
    boolean denied(String model, long now) {
        boolean isNew = deniedFor(model, now) == 0;
        rest(deniedUntil, model, REFUSAL_REST, now);
        return isNew;
    }

    private static void rest(Map<String, Long> rests, String model, Duration rest, long now) {
        if (rests.size() >= MODELS_MAX) {
            rests.values().removeIf(until -> until - now <= 0);
        }
        if (rests.size() < MODELS_MAX) {
            rests.put(model, now + rest.toNanos());
        }
    }

    /** Returns how often in a row the provider refused the key. */
    int refusals() {
        return refusals.get();
    }
}
