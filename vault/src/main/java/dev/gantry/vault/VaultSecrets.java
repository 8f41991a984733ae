package dev.gantry.vault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.config.ConfigCheck;
import dev.gantry.config.Configuration;
import dev.gantry.config.SecretStore;
import dev.gantry.config.UnavailableSecretException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Secrets of HashiCorp Vault's key-value engine. Each path is read once when the configuration is, and again at every
 * interval; what was read is kept while Vault is away. Thread-safe.
 */
public final class VaultSecrets implements SecretStore {
    private static final Logger LOG = LoggerFactory.getLogger(VaultSecrets.class);
    private static final int FORBIDDEN = 403;
    private static final int NOTHING = 404;
    private static final int PATHS_MAX = 1_000;
    private static final int NAMES_SHOWN = 10;
    private static final List<Duration> PAUSES = List.of(Duration.ofMillis(200), Duration.ofSeconds(1));
    private static final Duration RETRY_MIN = Duration.ofSeconds(1);
    private static final Duration RETRY_MAX = Duration.ofSeconds(30);

    private final SecretManagementSettings settings;
    private final VaultHttp http;
    private final VaultLogin login;
    private final LongSupplier nanoTime;
    private final Map<String, ObjectNode> known = new ConcurrentHashMap<>();
    private final ReentrantLock asking = new ReentrantLock();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile @Nullable Trouble trouble;
    private @Nullable Thread keeper;
    private long refreshedAtNanos;
    private Duration retry = RETRY_MIN;
    private boolean givenUp;

    private record Trouble(String text, long sinceNanos) {}

    private VaultSecrets(SecretManagementSettings settings, List<Duration> pauses, LongSupplier nanoTime)
            throws UnavailableSecretException {
        this.settings = settings;
        this.http = new VaultHttp(settings, pauses);
        this.login = new VaultLogin(settings, http, nanoTime);
        this.nanoTime = nanoTime;
        this.refreshedAtNanos = nanoTime.getAsLong();
    }

    /**
     * Signs in, if there is a Vault to sign in to.
     *
     * @throws UnavailableSecretException if Vault cannot be asked, or refuses
     */
    public static Optional<SecretStore> open(SecretManagementSettings settings) throws UnavailableSecretException {
        return open(settings, PAUSES, System::nanoTime);
    }

    static Optional<SecretStore> open(SecretManagementSettings settings, List<Duration> pauses, LongSupplier nanoTime)
            throws UnavailableSecretException {
        if (!settings.isPresent()) {
            return Optional.empty();
        }
        VaultSecrets secrets = new VaultSecrets(settings, pauses, nanoTime);
        try {
            secrets.login.token();
            return Optional.of(secrets);
        } catch (VaultException failure) {
            secrets.http.close();
            throw new UnavailableSecretException(failure.text());
        }
    }

    /** Complains of named secrets that Vault does not have. */
    public static void check(Configuration configuration, ConfigCheck.Complaints complaints) {
        SecretManagementSettings settings = configuration.get("secret_management", SecretManagementSettings.class);
        if (configuration.secrets().store().orElse(null) instanceof VaultSecrets vault) {
            settings.secrets().forEach((name, path) -> {
                try {
                    vault.fields(path);
                } catch (UnavailableSecretException unavailable) {
                    complaints.add("secret_management.secrets." + name, unavailable.text());
                }
            });
        }
    }

    @Override
    public String read(String reference) throws UnavailableSecretException {
        VaultReference wanted = VaultReference.parse(reference, settings.secrets());
        return value(wanted, fields(wanted.path()));
    }

    private ObjectNode fields(String path) throws UnavailableSecretException {
        ObjectNode present = known.get(path);
        if (present != null) {
            return present;
        }
        asking.lock();
        try {
            if (known.size() >= PATHS_MAX) {
                throw new UnavailableSecretException("more than " + PATHS_MAX + " paths of Vault are named");
            }
            if (givenUp) {
                throw new UnavailableSecretException("Vault could not be asked for " + path + " either");
            }
            ObjectNode read = ask(path);
            known.put(path, read);
            return read;
        } catch (VaultException failure) {
            givenUp = failure.isAway();
            throw new UnavailableSecretException(failure.text() + ": " + path + advice(failure));
        } finally {
            asking.unlock();
        }
    }

    private String advice(VaultException failure) {
        return switch (failure.status()) {
            case FORBIDDEN -> "; allow the policy of the role to read it";
            case NOTHING ->
                settings.kvVersion() == 2
                        ? "; a path of version 2 has data/ after its mount: secret/data/gantry"
                        : "; write the secret, or correct the path";
            default -> "";
        };
    }

    /** Asks for a path, with a fresh token if the one at hand is not good any more. */
    private ObjectNode ask(String path) throws VaultException {
        try {
            return content(http.ask(VaultHttp.Call.get(path, login.token())));
        } catch (VaultException refusal) {
            if (refusal.status() != FORBIDDEN) {
                throw refusal;
            }
        }
        login.doubt();
        return content(http.ask(VaultHttp.Call.get(path, login.token())));
    }

    private ObjectNode content(JsonNode answer) throws VaultException {
        if (!answer.path("lease_id").asText().isEmpty()) {
            throw new VaultException(
                    NOTHING, "Vault makes this secret anew for each reader; only key-value secrets are read");
        }
        JsonNode data = answer.path("data");
        if (settings.kvVersion() == 2) {
            boolean versioned = data.path("metadata").isObject();
            data = data.path("data");
            if (!versioned) {
                throw new VaultException(
                        NOTHING, "What Vault has there is of version 1 of the key-value engine; set kv_version: 1");
            }
        }
        if (data instanceof ObjectNode fields) {
            return fields;
        }
        throw new VaultException(NOTHING, "Vault has no secret there; the newest version was deleted");
    }

    private static String value(VaultReference wanted, ObjectNode fields) throws UnavailableSecretException {
        String field = wanted.field();
        if (field == null) {
            field = fields.size() == 1 ? fields.fieldNames().next() : "value";
        }
        JsonNode value = fields.path(field);
        if (value.isMissingNode()) {
            String names = fields.properties().stream()
                    .map(Map.Entry::getKey)
                    .limit(NAMES_SHOWN)
                    .collect(Collectors.joining(", "));
            throw new UnavailableSecretException("the secret " + wanted.path() + " in Vault has no field '" + field
                    + "'; it has " + (names.isEmpty() ? "none" : names)
                    + (wanted.field() == null ? "; name one as in " + wanted.path() + "#field" : ""));
        }
        String text = value.isValueNode() && !value.isNull() ? value.asText() : "";
        if (text.isEmpty()) {
            throw new UnavailableSecretException(
                    "field '" + field + "' of the secret " + wanted.path() + " in Vault is empty, or no single value");
        }
        return text;
    }

    @Override
    public void start() {
        keeper = Thread.ofVirtual().name("gantry-vault").start(this::run);
    }

    private void run() {
        try {
            while (!closed.await(restNanos(), TimeUnit.NANOSECONDS)) {
                tend();
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    private long restNanos() {
        return trouble != null ? retry.toNanos() : Math.max(0, Math.min(refreshInNanos(), login.restNanos()));
    }

    private long refreshInNanos() {
        return refreshedAtNanos + settings.refreshInterval().toNanos() - nanoTime.getAsLong();
    }

    /** Does what is due: keeps the token good, and reads the secrets again. */
    void tend() {
        boolean refresh = trouble != null || refreshInNanos() <= 0;
        String failure = keepUp(refresh);
        if (refresh && failure == null) {
            refreshedAtNanos = nanoTime.getAsLong();
        }
        retry = failure == null ? RETRY_MIN : longer(retry);
        note(failure);
    }

    private static Duration longer(Duration retry) {
        Duration twice = retry.multipliedBy(2);
        return twice.compareTo(RETRY_MAX) > 0 ? RETRY_MAX : twice;
    }

    /**
     * Does what is due.
     *
     * @return what went wrong; null if nothing did
     */
    private @Nullable String keepUp(boolean refresh) {
        asking.lock();
        try {
            if (login.restNanos() <= 0) {
                login.keepUp();
            }
            String failed = null;
            if (refresh) {
                for (String path : List.copyOf(known.keySet())) {
                    try {
                        known.put(path, ask(path));
                    } catch (VaultException failure) {
                        if (failure.isAway()) {
                            throw failure;
                        }
                        failed = failure.text() + ": " + path;
                    }
                }
            }
            return failed;
        } catch (VaultException failure) {
            return failure.text();
        } finally {
            asking.unlock();
        }
    }

    private void note(@Nullable String failure) {
        Trouble before = trouble;
        if (failure == null) {
            trouble = null;
            if (before != null) {
                LOG.info("Vault answers again; its secrets are up to date");
            }
        } else {
            trouble = new Trouble(failure, before == null ? nanoTime.getAsLong() : before.sinceNanos());
            if (before == null || !before.text().equals(failure)) {
                LOG.warn("The secrets of Vault stay as they are: {}", failure);
            }
        }
    }

    @Override
    public Optional<String> trouble() {
        return Optional.ofNullable(trouble).map(Trouble::text);
    }

    @Override
    public double staleSeconds() {
        Trouble now = trouble;
        return now == null ? 0 : (nanoTime.getAsLong() - now.sinceNanos()) / 1e9;
    }

    @Override
    public void close() {
        closed.countDown();
        Thread running = keeper;
        if (running != null) {
            running.interrupt();
        }
        try {
            if (asking.tryLock(1, TimeUnit.SECONDS)) {
                try {
                    login.signOut();
                } finally {
                    asking.unlock();
                }
            }
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        } finally {
            http.close();
        }
    }
}
