package dev.gantry.saml;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.saml.SamlSettings.Binding;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a provider says of itself: from its file, which is read again when it changes, or from its address, once an hour and for
 * a day while that is away. What cannot be used changes nothing. Thread-safe; may block.
 */
final class Partners {
    private static final Logger LOG = LoggerFactory.getLogger(Partners.class);
    private static final Duration FRESH = Duration.ofHours(1);
    private static final Duration STALE = Duration.ofHours(24);
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final SamlSettings settings;
    private final Fetch fetch;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private @Nullable Partner partner;
    private @Nullable String fileState;
    private long fetchedAtNanos;
    private long failedAtNanos;
    private @Nullable String failure;

    Partners(SamlSettings settings, Fetch fetch, Clock clock, LongSupplier nanoTime) {
        this.settings = settings;
        this.fetch = fetch;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /**
     * Returns the provider.
     *
     * @throws GantryException {@link ErrorCode#IDENTITY_PROVIDER_UNAVAILABLE} if nothing usable is known of it
     */
    synchronized Partner get() {
        Partner found = switch (settings.source()) {
            case SamlSettings.Written written -> fromFile(written.certificates(), bytes -> written(written, bytes));
            case SamlSettings.MetadataFile file -> fromFile(file.path(), this::metadata);
            case SamlSettings.MetadataAddress fetched -> fromAddress(fetched.address());
        };
        if (!found.isValid(clock.instant())) {
            throw unavailable("its metadata was valid until " + found.validUntil(), null);
        }
        return found;
    }

    @FunctionalInterface
    private interface Reader {
        Partner read(byte[] bytes);
    }

    private Partner metadata(byte[] xml) {
        return MetadataReader.read(xml, settings.providerEntityId(), clock.instant());
    }

    private Partner written(SamlSettings.Written written, byte[] pem) {
        List<PublicKey> keys = OwnKey.certificates(pem).stream()
                .map(X509Certificate::getPublicKey)
                .toList();
        return new Partner(
                settings.providerEntityId().orElseGet(() -> written.signOn().toString()),
                settings.providerEntityId().orElse(null),
                Map.of(Binding.REDIRECT, written.signOn(), Binding.POST, written.signOn()),
                written.logout()
                        .map(address -> Map.of(Binding.REDIRECT, new Partner.Logout(address, address)))
                        .orElse(Map.of()),
                keys,
                null);
    }

    private Partner fromFile(Path path, Reader reader) {
        Partner known = partner;
        try {
            String state = Files.getLastModifiedTime(path) + " " + Files.size(path);
            if (known != null && state.equals(fileState)) {
                return known;
            }
            if (Files.size(path) > Xml.BYTES_MAX) {
                throw new UntrustedException("the file has more than " + Xml.BYTES_MAX + " bytes");
            }
            byte[] bytes = Files.readAllBytes(path);
            fileState = state; // What could be read but not used is not read again until it changes.
            known = reader.read(bytes);
            partner = known;
            return known;
        } catch (IOException | UntrustedException | IllegalArgumentException unusable) {
            if (known == null) {
                throw unavailable(path + " cannot be used: " + unusable.getMessage(), unusable);
            }
            LOG.warn(
                    "{} of provider {} cannot be used, what was known stays: {}",
                    path,
                    settings.name(),
                    unusable.getMessage());
            return known;
        }
    }

    private Partner fromAddress(URI address) {
        long now = nanoTime.getAsLong();
        Partner known = partner;
        if (known != null && known.isValid(clock.instant()) && now - fetchedAtNanos < FRESH.toNanos()) {
            return known;
        }
        if (failure == null || now - failedAtNanos >= PAUSE.toNanos()) {
            try {
                known = metadata(fetch.get(address));
                partner = known;
                fetchedAtNanos = now;
                failure = null;
                return known;
            } catch (GantryException | UntrustedException away) {
                failedAtNanos = now;
                failure = String.valueOf(away.getMessage());
                LOG.warn("The metadata of provider {} cannot be used: {}", settings.name(), failure);
            }
        }
        if (known != null && now - fetchedAtNanos < STALE.toNanos()) {
            return known;
        }
        throw unavailable("its metadata cannot be used: " + failure, null);
    }

    private GantryException unavailable(String why, @Nullable Exception cause) {
        return new GantryException(
                ErrorCode.IDENTITY_PROVIDER_UNAVAILABLE,
                "The identity provider " + settings.name() + " is not known well enough: " + why,
                cause);
    }
}
