package dev.gantry.server;

import dev.gantry.config.LiveSecrets;
import dev.gantry.config.SecretStore;
import dev.gantry.signin.ClientCertificates;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Says how fresh secrets, certificates and revocation lists are: to {@code /ready} and in figures. */
final class SecretWatch {
    private SecretWatch() {}

    /** Returns the states of secrets that are followed, if there are any; nobody is kept from serving by them. */
    static Map<String, Supplier<Health.State>> states(
            LiveSecrets secrets, Optional<TlsFiles> tls, Optional<ClientCertificates> clients) {
        Map<String, Supplier<Health.State>> states = new LinkedHashMap<>();
        if (secrets.count() > 0) {
            states.put("secrets", () -> state(secrets));
        }
        secrets.store()
                .ifPresent(store -> states.put(
                        "vault",
                        () -> store.trouble().isPresent()
                                ? down("its secrets are as they were " + Math.round(store.staleSeconds())
                                        + " s ago; the log says why")
                                : up("its secrets are up to date")));
        tls.ifPresent(files -> states.put(
                "tls",
                () -> files.trouble() == null
                        ? up("the certificate is the one in the files")
                        : down("the renewed certificate cannot be used; the log says why")));
        clients.ifPresent(known -> states.put(
                "client_certificates",
                () -> known.trouble().isEmpty()
                        ? up("authorities and revocation lists are up to date")
                        : down("authorities or revocation lists are not in force, or cannot be renewed")));
        return states;
    }

    private static Health.State state(LiveSecrets secrets) {
        List<LiveSecrets.Trouble> troubles = secrets.troubles();
        return troubles.isEmpty()
                ? up(secrets.count() + " secrets are up to date")
                : down(troubles.stream()
                        .map(trouble -> trouble.key() + " is not renewed")
                        .collect(Collectors.joining("; ", "", "; the log says why")));
    }

    private static Health.State up(String detail) {
        return new Health.State(true, false, detail);
    }

    /** Anybody may ask: places and reasons are for the log. */
    private static Health.State down(String detail) {
        return new Health.State(false, false, detail);
    }

    /** Adds the figures. */
    static void watch(LiveSecrets secrets, MeterRegistry registry) {
        Gauge.builder("gantry.secrets.stale", secrets, all -> all.troubles().size())
                .description("Secrets whose newest value cannot be read or used")
                .register(registry);
        FunctionCounter.builder("gantry.secrets.renewals", secrets, LiveSecrets::renewals)
                .description("Secrets that were renewed while the platform ran")
                .register(registry);
        secrets.store()
                .ifPresent(store -> Gauge.builder("gantry.secret.store.stale.seconds", store, SecretStore::staleSeconds)
                        .description("For how long the secret store could not be asked; 0 while it answers")
                        .register(registry));
    }
}
