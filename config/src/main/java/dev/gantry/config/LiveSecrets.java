package dev.gantry.config;

import dev.gantry.kernel.Secret;
import java.lang.reflect.Constructor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The secrets of a configuration that come from files or from a secret store, and may be renewed while the platform runs.
 * Once {@link #start started}, each is looked at every two seconds. What cannot be read, or not be used, stays as it was.
 * Thread-safe.
 */
public final class LiveSecrets implements AutoCloseable {
    private static final Duration PERIOD = Duration.ofSeconds(2);

    private final List<LiveSecret> secrets = new ArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicLong renewals = new AtomicLong();
    private volatile @Nullable SecretStore store;

    /**
     * A secret that is not the newest.
     *
     * @param key the setting
     * @param text why, for a person; no secrets
     */
    public record Trouble(String key, String text) {}

    LiveSecrets() {}

    /** To be called while the configuration is read, by one thread. */
    Secret add(LiveSecret secret) {
        secrets.add(secret);
        return secret.secret();
    }

    void usedBy(Constructor<?> constructor, @Nullable Object[] arguments) {
        secrets.forEach(secret -> secret.usedBy(constructor, arguments));
    }

    void open(SecretStore opened) {
        store = opened;
    }

    /** Returns where secrets are kept besides files; empty if there is no such place. */
    public Optional<SecretStore> store() {
        return Optional.ofNullable(store);
    }

    /** Begins to look for new values. */
    public void start() {
        store().ifPresent(SecretStore::start);
        if (!secrets.isEmpty()) {
            Thread.ofVirtual().name("gantry-secrets").start(this::run);
        }
    }

    private void run() {
        try {
            while (!closed.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    /** Looks at each once; to be called by one thread. */
    public void look() {
        for (LiveSecret secret : secrets) {
            if (secret.look()) {
                renewals.incrementAndGet();
            }
        }
    }

    /** Returns how many secrets are looked at. */
    public int count() {
        return secrets.size();
    }

    /** Returns how often a secret was renewed. */
    public long renewals() {
        return renewals.get();
    }

    /** Returns the secrets whose value is not the newest. */
    public List<Trouble> troubles() {
        List<Trouble> troubles = new ArrayList<>();
        for (LiveSecret secret : secrets) {
            String text = secret.trouble();
            if (text != null) {
                troubles.add(new Trouble(secret.key(), text));
            }
        }
        return troubles;
    }

    /** Stops looking; the secrets stay as they are. */
    @Override
    public void close() {
        closed.countDown();
        store().ifPresent(SecretStore::close);
    }
}
