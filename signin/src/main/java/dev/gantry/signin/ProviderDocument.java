package dev.gantry.signin;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * What a provider says of itself (OpenID Connect Discovery 1.0).
 *
 * @param userInfo null if it has none
 * @param endSession where browsers sign out of it; null if nowhere
 * @param deviceAuthorization for programs without a browser (RFC 8628); null if it has none
 * @param namesIssuer whether its answers name the issuer (RFC 9207)
 */
record ProviderDocument(
        URI authorization,
        URI token,
        URI keys,
        @Nullable URI userInfo,
        @Nullable URI endSession,
        @Nullable URI deviceAuthorization,
        boolean namesIssuer) {
    static ProviderDocument parse(URI issuer, byte[] bytes) {
        JsonNode document;
        try {
            document = Json.read(bytes);
        } catch (GantryException malformed) {
            throw Fetcher.unavailable(issuer, "describes itself by something that is no JSON", malformed);
        }
        if (!issuer.toString().equals(document.path("issuer").textValue())) {
            throw Fetcher.unavailable(
                    issuer, "calls itself by another name; authentication.providers must have that", null);
        }
        return new ProviderDocument(
                required(issuer, document, "authorization_endpoint"),
                required(issuer, document, "token_endpoint"),
                required(issuer, document, "jwks_uri"),
                optional(issuer, document, "userinfo_endpoint"),
                optional(issuer, document, "end_session_endpoint"),
                optional(issuer, document, "device_authorization_endpoint"),
                document.path("authorization_response_iss_parameter_supported").asBoolean(false));
    }

    private static URI required(URI issuer, JsonNode document, String name) {
        URI address = optional(issuer, document, name);
        if (address == null) {
            throw Fetcher.unavailable(issuer, "names no " + name, null);
        }
        return address;
    }

    private static @Nullable URI optional(URI issuer, JsonNode document, String name) {
        String text = document.path(name).textValue();
        if (text == null) {
            return null;
        }
        try {
            return Fetcher.secure(URI.create(text));
        } catch (IllegalArgumentException malformed) {
            throw Fetcher.unavailable(issuer, "names no usable " + name, malformed);
        }
    }
}
