package dev.gantry.provider;

import dev.gantry.kernel.Secret;
import dev.gantry.provider.ProviderException.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of a provider. Calls take turns among them. A key that the provider refuses rests for five minutes, one that it
 * limits rests, for the model in question, as long as the provider wishes; the same request goes out with the next key at
 * once, since nothing was done with it. When every key rests because of a limit, nothing is sent; when every key was
 * refused, the one that has rested longest is tried again, so that an account that was mended works at once. Thread-safe.
 */
public final class ProviderKeys {
    /** How long a key rests that is limited when the provider does not say, while there are others. */
    static final Duration LIMIT_REST = Duration.ofSeconds(1);

    /** How long it rests when what is used up is the account's money, which does not come back by waiting a moment. */
    static final Duration QUOTA_REST = Duration.ofMinutes(1);

    /** After so many refusals in a row a key is reported as bad. */
    static final int REFUSALS_TOLERATED = 3;

    private static final int FORBIDDEN = 403;

    private static final Logger LOG = LoggerFactory.getLogger(ProviderKeys.class);

    private final String provider;
    private final UpstreamFailures failures;
    private final boolean keyless;
    private final List<ProviderKey> keys;
    private final LongSupplier nanoTime;
    private final AtomicInteger turn = new AtomicInteger();

    /** One attempt at a call, with the headers that hold a key. */
    @FunctionalInterface
    public interface Attempt<T> {
        /** Makes it. */
        T with(UpstreamHeaders headers) throws ProviderException;
    }

    private ProviderKeys(
            String provider,
            UpstreamFailures failures,
            boolean keyless,
            List<ProviderKey> keys,
            LongSupplier nanoTime) {
        this.provider = provider;
        this.failures = failures;
        this.keyless = keyless;
        this.keys = List.copyOf(keys);
        this.nanoTime = nanoTime;
    }

    /**
     * Prepares the keys of a provider. Without any key, calls are made without one.
     *
     * @param secrets the keys, in the order in which they are numbered in messages
     * @param headers makes the headers of a call from a key
     * @param keyless the headers of a call when there is no key
     * @throws IllegalArgumentException if a key cannot stand in a header
     */
    public static ProviderKeys of(
            String provider,
            UpstreamFailures failures,
            List<Secret> secrets,
            Function<String, UpstreamHeaders> headers,
            UpstreamHeaders keyless) {
        return of(provider, failures, secrets, headers, keyless, System::nanoTime);
    }

    static ProviderKeys of(
            String provider,
            UpstreamFailures failures,
            List<Secret> secrets,
            Function<String, UpstreamHeaders> headers,
            UpstreamHeaders keyless,
            LongSupplier nanoTime) {
        List<ProviderKey> keys = new ArrayList<>();
        secrets.forEach(secret -> keys.add(new ProviderKey(secret, headers)));
        if (keys.isEmpty()) {
            keys.add(new ProviderKey(Secret.of(""), none -> keyless));
        }
        return new ProviderKeys(provider, failures, secrets.isEmpty(), keys, nanoTime);
    }

    /**
     * Makes a call with the key whose turn it is, and again with each of the others as long as keys are refused, limited, or may
     * not use the model.
     *
     * @throws ProviderException as the attempt does; {@link Failure#AUTHENTICATION} when every key was refused,
     *     {@link Failure#RATE_LIMITED} when every key must wait, {@link Failure#DENIED} when none may use the model
     */
    public <T> T use(CallContext context, Attempt<T> attempt) throws ProviderException {
        int first = keys.size() == 1 ? 0 : Math.floorMod(turn.getAndIncrement(), keys.size());
        ProviderException refusal = null;
        ProviderException limit = null;
        ProviderException denial = null;
        for (int step = 0; step < keys.size(); step++) {
            ProviderKey key = keys.get((first + step) % keys.size());
            key.follow();
            long now = nanoTime.getAsLong();
            if (key.refusedFor(now) > 0
                    || key.limitedFor(context.model(), now) > 0
                    || key.deniedFor(context.model(), now) > 0) {
                continue;
            }
            try {
                return with(key, context, attempt);
            } catch (ProviderException failed) {
                if (failed.failure() == Failure.AUTHENTICATION) {
                    refusal = failed;
                } else if (failed.failure() == Failure.RATE_LIMITED) {
                    limit = failed;
                } else if (isDenial(failed)) {
                    denial = failed;
                } else {
                    throw failed;
                }
            }
        }
        if (limit != null) {
            throw limit;
        }
        requireNoLimit(context.model());
        if (denial != null) {
            throw denial;
        }
        if (refusal != null) {
            throw failures.keysRefused(refusal.status());
        }
        return tryRested(context, attempt);
    }

    /** Whether another key of the same provider may be allowed what this one is not. */
    private static boolean isDenial(ProviderException failed) {
        return failed.failure() == Failure.DENIED
                || (failed.failure() == Failure.UNKNOWN_MODEL && failed.status() == FORBIDDEN);
    }

    /** Every key was refused, or denied the model, a while ago. */
    private <T> T tryRested(CallContext context, Attempt<T> attempt) throws ProviderException {
        long now = nanoTime.getAsLong();
        ProviderKey rested = keys.getFirst();
        for (ProviderKey key : keys) {
            rested = restOf(key, context.model(), now) < restOf(rested, context.model(), now) ? key : rested;
        }
        try {
            return with(rested, context, attempt);
        } catch (ProviderException failed) {
            throw failed.failure() == Failure.AUTHENTICATION ? failures.keysRefused(failed.status()) : failed;
        }
    }

    private static long restOf(ProviderKey key, String model, long now) {
        return Math.max(key.refusedFor(now), key.deniedFor(model, now));
    }

    private <T> T with(ProviderKey key, CallContext context, Attempt<T> attempt) throws ProviderException {
        try {
            T result = attempt.with(key.headers());
            key.accepted();
            return result;
        } catch (ProviderException failed) {
            note(key, context.model(), failed);
            throw failed;
        }
    }

    private void note(ProviderKey key, String model, ProviderException failed) {
        if (keyless || failed.status() == 0) {
            return;
        }
        switch (failed.failure()) {
            case AUTHENTICATION -> {
                key.refused(nanoTime.getAsLong());
                int refusals = key.refusals();
                if (refusals == 1 || refusals == REFUSALS_TOLERATED + 1) {
                    LOG.warn("Provider '{}' refused {}: {} in a row", provider, name(key), refusals);
                }
            }
            case RATE_LIMITED -> {
                Duration rest = failed.retryAfter().orElse(keys.size() == 1 ? Duration.ZERO : restOf(failed));
                if (rest.isPositive()) {
                    key.limited(model, rest, nanoTime.getAsLong());
                }
            }
            case DENIED -> deny(key, model, failed);
            case UNKNOWN_MODEL -> {
                if (isDenial(failed)) {
                    deny(key, model, failed);
                } else {
                    key.accepted();
                }
            }
            case REJECTED, UNSUPPORTED, UNAVAILABLE, TIMEOUT, BAD_REPLY -> key.accepted();
        }
    }

    /** It is a good key, for other models; only for this one it rests. */
    private void deny(ProviderKey key, String model, ProviderException failed) {
        key.accepted();
        if (key.denied(model, nanoTime.getAsLong())) {
            LOG.warn(
                    "Provider '{}' does not let {} use model {} (status {}, {})",
                    provider,
                    name(key),
                    model,
                    failed.status(),
                    failed.upstreamCode().orElse("no code"));
        }
    }

    private static Duration restOf(ProviderException failed) {
        boolean spent = failed.status() == 402
                || failed.upstreamCode().filter("insufficient_quota"::equals).isPresent();
        return spent ? QUOTA_REST : LIMIT_REST;
    }

    /** Refuses to send anything while a key that is not refused only waits for its limit to pass. */
    private void requireNoLimit(String model) throws ProviderException {
        long now = nanoTime.getAsLong();
        long soonest = Long.MAX_VALUE;
        for (ProviderKey key : keys) {
            long limited = key.limitedFor(model, now);
            if (limited > 0 && key.refusedFor(now) <= 0) {
                soonest = Math.min(soonest, limited);
            }
        }
        if (soonest != Long.MAX_VALUE) {
            throw failures.limited(Duration.ofNanos(soonest));
        }
    }

    /** Returns how the keys are. */
    public KeyHealth health() {
        List<String> troubles = new ArrayList<>();
        for (ProviderKey key : keys) {
            int refusals = key.refusals();
            if (refusals > 0) {
                troubles.add(name(key) + (refusals > REFUSALS_TOLERATED ? " is bad: " : " was ") + "refused "
                        + (refusals == 1 ? "once" : refusals + " times in a row"));
            }
        }
        return new KeyHealth(keyless ? 0 : keys.size(), troubles);
    }

    private String name(ProviderKey key) {
        return "key " + (keys.indexOf(key) + 1) + " of " + keys.size();
    }
}
