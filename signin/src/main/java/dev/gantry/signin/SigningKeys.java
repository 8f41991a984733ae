package dev.gantry.signin;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public keys of an identity provider. They are fetched when they are needed first, every {@link #FRESH} from then on,
 * and when a token names one that is not among them; the latter no more often than every {@link #PAUSE}, so that made-up
 * names cost the provider nothing. While the provider is away the keys so far go on for {@link #STALE}, then everything is
 * refused. Thread-safe.
 */
final class SigningKeys {
    static final Duration FRESH = Duration.ofMinutes(10);
    static final Duration PAUSE = Duration.ofSeconds(30);
    static final Duration STALE = Duration.ofHours(24);

    private static final Logger LOG = LoggerFactory.getLogger(SigningKeys.class);
    private static final int KEYS_MAX = 50;
    private static final int RSA_BITS_MIN = 2_048;
    private static final int RSA_BITS_MAX = 8_192;

    private final Supplier<URI> address;
    private final Fetcher fetcher;
    private final LongSupplier nanoTime;
    private final ReentrantLock fetching = new ReentrantLock();
    private volatile @Nullable Known known;
    private volatile long triedAtNanos;
    private volatile boolean tried;

    private record Known(List<Key> keys, long fetchedAtNanos) {}

    /** A key that can verify. */
    private record Key(@Nullable String id, @Nullable String algorithm, JWK jwk, JWSVerifier verifier) {
        boolean fits(JWSAlgorithm wanted) {
            if (algorithm != null && !algorithm.equals(wanted.getName())) {
                return false;
            }
            if (jwk instanceof ECKey ec) {
                return Curve.forJWSAlgorithm(wanted) != null
                        && Curve.forJWSAlgorithm(wanted).contains(ec.getCurve());
            }
            return JWSAlgorithm.Family.RSA.contains(wanted);
        }
    }

    /**
     * The keys at an address.
     *
     * @param address asked anew at every fetch; may itself ask the provider
     */
    SigningKeys(Supplier<URI> address, Fetcher fetcher, LongSupplier nanoTime) {
        this.address = address;
        this.fetcher = fetcher;
        this.nanoTime = nanoTime;
    }

    /**
     * Returns what verifies signatures of an algorithm.
     *
     * @param id the key's name; null stands for every key, of which at most a few are returned
     * @return empty if the provider has no such key
     * @throws GantryException {@link ErrorCode#IDENTITY_PROVIDER_UNAVAILABLE} if that cannot be told
     */
    List<JWSVerifier> find(@Nullable String id, JWSAlgorithm algorithm) {
        Known present = fresh();
        List<JWSVerifier> found = find(present, id, algorithm);
        if (!found.isEmpty() || !mayTry()) {
            return found;
        }
        return find(fetch(present), id, algorithm);
    }

    private static List<JWSVerifier> find(Known known, @Nullable String id, JWSAlgorithm algorithm) {
        return known.keys().stream()
                .filter(key -> (id == null || id.equals(key.id())) && key.fits(algorithm))
                .limit(4)
                .map(Key::verifier)
                .toList();
    }

    private boolean mayTry() {
        return !tried || nanoTime.getAsLong() - triedAtNanos >= PAUSE.toNanos();
    }

    private Known fresh() {
        Known present = known;
        long age = present == null ? Long.MAX_VALUE : nanoTime.getAsLong() - present.fetchedAtNanos();
        if (present != null && age < FRESH.toNanos()) {
            return present;
        }
        if (present != null && age < STALE.toNanos()) {
            try {
                return mayTry() ? fetch(present) : present;
            } catch (GantryException away) {
                LOG.warn("The keys of an identity provider cannot be fetched: {}", away.getMessage());
                return present;
            }
        }
        if (!mayTry()) {
            throw new GantryException(
                    ErrorCode.IDENTITY_PROVIDER_UNAVAILABLE,
                    "The identity provider's keys could not be fetched a moment ago; try again later",
                    List.of(),
                    PAUSE,
                    null);
        }
        return fetch(present);
    }

    /** One fetch at a time; who waited for another's takes what came of it. */
    private Known fetch(@Nullable Known before) {
        try {
            if (!fetching.tryLock(10, TimeUnit.SECONDS)) {
                throw Fetcher.unavailable(address.get(), "does not answer in time", null);
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new GantryException(ErrorCode.SHUTTING_DOWN, "The request was given up", stopping);
        }
        try {
            Known now = known;
            if (now != null && (before == null || now.fetchedAtNanos() != before.fetchedAtNanos())) {
                return now;
            }
            if (!mayTry()) {
                if (now != null) {
                    return now;
                }
                throw new GantryException(
                        ErrorCode.IDENTITY_PROVIDER_UNAVAILABLE,
                        "The identity provider's keys could not be fetched a moment ago; try again later");
            }
            triedAtNanos = nanoTime.getAsLong();
            tried = true;
            URI from = address.get();
            Known fetched = new Known(parse(from, fetcher.get(from, null)), triedAtNanos);
            known = fetched;
            return fetched;
        } finally {
            fetching.unlock();
        }
    }

    private static List<Key> parse(URI from, byte[] document) {
        List<JWK> all;
        try {
            all = JWKSet.parse(new String(document, StandardCharsets.UTF_8)).getKeys();
        } catch (ParseException | RuntimeException malformed) {
            throw Fetcher.unavailable(from, "has no readable set of keys", malformed);
        }
        if (all.size() > KEYS_MAX) {
            throw Fetcher.unavailable(from, "has more than " + KEYS_MAX + " keys", null);
        }
        List<Key> usable = new ArrayList<>();
        for (JWK jwk : all) {
            Key key = usable(jwk);
            if (key != null) {
                usable.add(key);
            }
        }
        if (usable.isEmpty()) {
            throw Fetcher.unavailable(from, "has no usable key for signatures", null);
        }
        return List.copyOf(usable);
    }

    /** Returns null for keys that are for something else, secret, or too short. */
    private static @Nullable Key usable(JWK jwk) {
        boolean otherUse = jwk.getKeyUse() != null && !KeyUse.SIGNATURE.equals(jwk.getKeyUse());
        boolean otherOperations =
                jwk.getKeyOperations() != null && !jwk.getKeyOperations().contains(KeyOperation.VERIFY);
        if (otherUse || otherOperations) {
            return null;
        }
        String algorithm =
                jwk.getAlgorithm() == null ? null : jwk.getAlgorithm().getName();
        try {
            return switch (jwk) {
                case RSAKey rsa
                when rsa.size() >= RSA_BITS_MIN && rsa.size() <= RSA_BITS_MAX ->
                    new Key(jwk.getKeyID(), algorithm, jwk, new RSASSAVerifier(rsa.toRSAPublicKey()));
                case ECKey ec -> new Key(jwk.getKeyID(), algorithm, jwk, new ECDSAVerifier(ec.toECPublicKey()));
                default -> null;
            };
        } catch (JOSEException | RuntimeException unusable) {
            LOG.warn("A key of an identity provider cannot be used: {}", unusable.getMessage());
            return null;
        }
    }
}
