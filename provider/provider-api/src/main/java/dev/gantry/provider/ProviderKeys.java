package dev.gantry.provider;

import dev.gantry.kernel.Secret;
import dev.gantry.provider.ProviderException.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two keys of a provider, so that one can be replaced without downtime: when the first is refused, the same request is
 * sent again with the second at once, and the second goes first for the next minutes. Thread-safe.
 */
public final class ProviderKeys {
    /** How long the other key goes first after one was refused. */
    static final Duration REFUSAL_REMEMBERED = Duration.ofMinutes(5);

    private static final Logger LOG = LoggerFactory.getLogger(ProviderKeys.class);
    private static final long NEVER = Long.MIN_VALUE;

    private final String provider;
    private final UpstreamFailures failures;
    private final List<UpstreamHeaders> alternatives;
    private final LongSupplier nanoTime;
    private final AtomicLong primaryRefusedAt = new AtomicLong(NEVER);

    /** One attempt at a call, with the headers that hold a key. */
    @FunctionalInterface
    public interface Attempt<T> {
        /** Makes it. */
        T with(UpstreamHeaders headers) throws ProviderException;
    }

    private ProviderKeys(
            String provider, UpstreamFailures failures, List<UpstreamHeaders> alternatives, LongSupplier nanoTime) {
        this.provider = provider;
        this.failures = failures;
        this.alternatives = List.copyOf(alternatives);
        this.nanoTime = nanoTime;
    }

    /**
     * Prepares the keys of a provider. Without any key, calls are made without one.
     *
     * @param headers makes the headers of a call from a key
     * @param keyless the headers of a call when there is no key
     * @throws IllegalArgumentException if a key cannot stand in a header
     */
    public static ProviderKeys of(
            String provider,
            UpstreamFailures failures,
            Optional<Secret> primary,
            Optional<Secret> secondary,
            Function<String, UpstreamHeaders> headers,
            UpstreamHeaders keyless) {
        return of(provider, failures, primary, secondary, headers, keyless, System::nanoTime);
    }

    static ProviderKeys of(
            String provider,
            UpstreamFailures failures,
            Optional<Secret> primary,
            Optional<Secret> secondary,
            Function<String, UpstreamHeaders> headers,
            UpstreamHeaders keyless,
            LongSupplier nanoTime) {
        List<UpstreamHeaders> alternatives = new ArrayList<>();
        primary.ifPresent(key -> alternatives.add(headers.apply(key.reveal())));
        secondary.ifPresent(key -> alternatives.add(headers.apply(key.reveal())));
        if (alternatives.isEmpty()) {
            alternatives.add(keyless);
        }
        return new ProviderKeys(provider, failures, alternatives, nanoTime);
    }

    /**
     * Makes a call with the key that is likely to work, and once more with the other when the first is refused.
     *
     * @throws ProviderException as the attempt does; {@link Failure#AUTHENTICATION} when every key was refused
     */
    public <T> T use(Attempt<T> attempt) throws ProviderException {
        boolean second = alternatives.size() > 1 && isPrimaryRefused();
        try {
            return attempt.with(alternatives.get(second ? 1 : 0));
        } catch (ProviderException refused) {
            if (refused.failure() != Failure.AUTHENTICATION) {
                throw refused;
            }
            if (alternatives.size() == 1) {
                throw failures.keysRefused(refused.status());
            }
            return useOther(attempt, second ? 0 : 1);
        }
    }

    private <T> T useOther(Attempt<T> attempt, int other) throws ProviderException {
        T result;
        try {
            result = attempt.with(alternatives.get(other));
        } catch (ProviderException failed) {
            throw failed.failure() == Failure.AUTHENTICATION ? failures.keysRefused(failed.status()) : failed;
        }
        if (other == 1) {
            primaryRefusedAt.set(nanoTime.getAsLong());
            LOG.warn("Provider '{}' refused its primary key; the secondary key is used", provider);
        } else {
            primaryRefusedAt.set(NEVER);
            LOG.warn("Provider '{}' refused its secondary key; the primary key is used", provider);
        }
        return result;
    }

    private boolean isPrimaryRefused() {
        long refusedAt = primaryRefusedAt.get();
        return refusedAt != NEVER && nanoTime.getAsLong() - refusedAt < REFUSAL_REMEMBERED.toNanos();
    }
}
