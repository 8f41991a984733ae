package dev.gantry.saml;

import dev.gantry.saml.SamlSettings.Binding;
import java.net.URI;
import java.security.PublicKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An identity provider as it is known at the moment.
 *
 * @param identity who it is here: its entity id, or where people sign in there if that is not known
 * @param entityId what its messages must name as their issuer; null if any is believed that has one of the keys
 * @param signOn where people sign in, by how they get there
 * @param logout where messages of signing out go, by how they get there
 * @param keys what it signs with
 * @param validUntil when all this stops to hold; null if nothing says so
 */
record Partner(
        String identity,
        @Nullable String entityId,
        Map<Binding, URI> signOn,
        Map<Binding, Logout> logout,
        List<PublicKey> keys,
        @Nullable Instant validUntil) {
    /** Where requests go, and where answers. */
    record Logout(URI requests, URI responses) {}

    Partner {
        signOn = Map.copyOf(signOn);
        logout = Map.copyOf(logout);
        keys = List.copyOf(keys);
    }

    boolean isValid(Instant now) {
        return validUntil == null || now.isBefore(validUntil);
    }
}
