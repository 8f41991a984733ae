package dev.gantry.vault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import dev.gantry.vault.SecretManagementSettings.AuthMethod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The token that Vault knows us by: got by signing in, renewed when two thirds of its time are over, and got anew when it
 * cannot be renewed or its time comes to its end for good. Used by one thread at a time.
 */
final class VaultLogin {
    private static final Logger LOG = LoggerFactory.getLogger(VaultLogin.class);
    private static final Duration REST_MIN = Duration.ofSeconds(1);
    private static final int JWT_BYTES_MAX = 64 * 1024;
    private static final int LOOKUP_REFUSED = 403;

    private final SecretManagementSettings settings;
    private final VaultHttp http;
    private final LongSupplier nanoTime;
    private @Nullable Held held;

    /**
     * A token.
     *
     * @param leaseSeconds for how long it is good from when it was got or renewed; 0 for ever
     * @param firstSeconds for how long it was good when it was got
     */
    private record Held(String token, long leaseSeconds, long firstSeconds, boolean renewable, long sinceNanos) {
        /** Returns when something is to be done for it, if anything ever is. */
        long dueNanos() {
            return sinceNanos
                    + Math.max(
                            REST_MIN.toNanos(), Duration.ofSeconds(leaseSeconds).toNanos() / 3 * 2);
        }
    }

    VaultLogin(SecretManagementSettings settings, VaultHttp http, LongSupplier nanoTime) {
        this.settings = settings;
        this.http = http;
        this.nanoTime = nanoTime;
    }

    /** Returns the token; signs in if there is none. */
    String token() throws VaultException {
        Held known = held;
        return known == null ? signIn() : known.token();
    }

    /** Returns for how many nanoseconds nothing is to be done; 0 or less when something is. */
    long restNanos() {
        Held known = held;
        if (known == null) {
            return 0;
        }
        return known.leaseSeconds() == 0 ? Long.MAX_VALUE : known.dueNanos() - nanoTime.getAsLong();
    }

    /** Renews the token, or signs in anew. */
    void keepUp() throws VaultException {
        Held known = held;
        if (known == null || !known.renewable()) {
            signIn();
            return;
        }
        try {
            JsonNode auth = http.ask(VaultHttp.Call.post("auth/token/renew-self", Json.object(), known.token()))
                    .path("auth");
            long lease = auth.path("lease_duration").asLong();
            boolean nearsItsEnd = lease < known.firstSeconds() / 2 && settings.authMethod() != AuthMethod.TOKEN;
            if (lease > 0 && !nearsItsEnd) {
                held = new Held(
                        known.token(),
                        lease,
                        known.firstSeconds(),
                        auth.path("renewable").asBoolean(true),
                        nanoTime.getAsLong());
                return;
            }
        } catch (VaultException failure) {
            if (failure.isAway()) {
                throw failure;
            }
            LOG.info("Vault does not renew the token: {}; signing in anew", failure.text());
        }
        signIn();
    }

    /** Forgets a token that Vault refused, if it does not know it any more. */
    void doubt() throws VaultException {
        Held known = held;
        if (known == null) {
            return;
        }
        try {
            http.ask(VaultHttp.Call.get("auth/token/lookup-self", known.token()));
        } catch (VaultException failure) {
            if (failure.status() != LOOKUP_REFUSED) {
                throw failure;
            }
            held = null;
        }
    }

    private String signIn() throws VaultException {
        Held got = switch (settings.authMethod()) {
            case TOKEN -> given();
            case APPROLE -> login(approle());
            case KUBERNETES -> login(kubernetes());
        };
        held = got;
        return got.token();
    }

    /** A token that somebody else got: what is left of it is asked for. */
    private Held given() throws VaultException {
        String token = settings.token().orElseThrow().reveal().strip();
        if (!token.chars().allMatch(letter -> letter > 0x20 && letter < 0x7f)) {
            throw new VaultException(400, "the token holds characters that none can hold");
        }
        try {
            JsonNode data = http.ask(VaultHttp.Call.get("auth/token/lookup-self", token))
                    .path("data");
            boolean lasts = data.path("expire_time").isNull();
            long ttl = lasts ? 0 : Math.max(1, data.path("ttl").asLong());
            return new Held(token, ttl, ttl, data.path("renewable").asBoolean(), nanoTime.getAsLong());
        } catch (VaultException failure) {
            throw failure.isAway()
                    ? failure
                    : new VaultException(
                            failure.status(), failure.text() + " the token; it has expired, or was revoked");
        }
    }

    private ObjectNode approle() {
        ObjectNode body = Json.object().put("role_id", settings.roleId().orElseThrow());
        settings.secretId().ifPresent(id -> body.put("secret_id", id.reveal().strip()));
        return body;
    }

    private ObjectNode kubernetes() throws VaultException {
        try {
            byte[] jwt;
            try (var file = Files.newInputStream(settings.kubernetesTokenFile())) {
                jwt = file.readNBytes(JWT_BYTES_MAX);
            }
            return Json.object()
                    .put("role", settings.role())
                    .put("jwt", new String(jwt, StandardCharsets.UTF_8).strip());
        } catch (IOException unreadable) {
            throw new VaultException(
                    400,
                    "kubernetes_token_file " + settings.kubernetesTokenFile()
                            + " cannot be read; is this a pod with a service account?");
        }
    }

    private Held login(ObjectNode proof) throws VaultException {
        String path = "auth/" + settings.mount() + "/login";
        try {
            JsonNode auth = http.ask(VaultHttp.Call.post(path, proof, null)).path("auth");
            String token = auth.path("client_token").asText();
            if (token.isEmpty()) {
                throw new VaultException(
                        502, "Vault answers " + path + " without a token; check that the address is Vault's");
            }
            long lease = auth.path("lease_duration").asLong();
            return new Held(token, lease, lease, auth.path("renewable").asBoolean(), nanoTime.getAsLong());
        } catch (VaultException failure) {
            throw failure.isAway()
                    ? failure
                    : new VaultException(
                            failure.status(),
                            failure.text() + " to sign in at " + path
                                    + "; check auth_mount, the role, and what proves it");
        }
    }

    /** Ends a token that we got ourselves, within one short attempt. */
    void signOut() {
        Held known = held;
        held = null;
        if (known == null || settings.authMethod() == AuthMethod.TOKEN) {
            return;
        }
        try {
            http.askOnce(VaultHttp.Call.post("auth/token/revoke-self", null, known.token()));
        } catch (VaultException leftToExpire) {
            LOG.debug("The token was left to expire: {}", leftToExpire.text());
        }
    }
}
