package dev.gantry.signin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.crypto.KeyRing;
import dev.gantry.crypto.Sealed;
import dev.gantry.kernel.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** The table {@code signin_provider_tokens}, sealed with the organization's key; for a transaction of the organization. Thread-safe. */
final class ProviderTokenStore {
    private static final String ID = "id_token";
    private static final String REFRESH = "refresh_token";
    private static final String INTERVAL = "check_seconds";

    private final KeyRing keyRing;

    ProviderTokenStore(KeyRing keyRing) {
        this.keyRing = keyRing;
    }

    /** Seals what a provider gave. Outside of transactions, as the organization's key may have to be made. */
    byte[] seal(UUID organization, UUID session, ProviderTokens tokens) {
        ObjectNode json = Json.object().put(INTERVAL, tokens.checkInterval().toSeconds());
        if (tokens.idToken() != null) {
            json.put(ID, tokens.idToken().reveal());
        }
        if (tokens.refreshToken() != null) {
            json.put(REFRESH, tokens.refreshToken().reveal());
        }
        return keyRing.seal(organization, Json.write(json), place(session)).toBytes();
    }

    /** Keeps what {@link #seal} sealed, in the place of what was there. */
    static void put(Handle handle, UUID session, byte[] sealed) {
        handle.createUpdate("""
                        INSERT INTO signin_provider_tokens (session_id, organization_id, sealed)
                        SELECT session_id, organization_id, :sealed FROM signin_sessions WHERE session_id = :session
                        ON CONFLICT (session_id) DO UPDATE SET sealed = :sealed""").bind("session", session).bind("sealed", sealed).execute();
    }

    static Optional<byte[]> find(Handle handle, UUID session) {
        return handle.createQuery("SELECT sealed FROM signin_provider_tokens WHERE session_id = :session")
                .bind("session", session)
                .mapTo(byte[].class)
                .findOne();
    }

    /** Opens what {@link #find} found. */
    ProviderTokens open(UUID organization, UUID session, byte[] sealed) {
        JsonNode json = Json.read(keyRing.open(organization, Sealed.fromBytes(sealed), place(session)));
        return ProviderTokens.of(
                json.path(ID).asText(""),
                json.path(REFRESH).textValue(),
                Duration.ofSeconds(json.path(INTERVAL).asLong()));
    }

    private static byte[] place(UUID session) {
        return ("signin_provider_tokens/" + session).getBytes(StandardCharsets.UTF_8);
    }
}
