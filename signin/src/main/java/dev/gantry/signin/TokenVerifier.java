package dev.gantry.signin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.util.Base64URL;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the signed tokens of one issuer (RFC 7519, with the advice of RFC 8725). Only algorithms of the configuration
 * count, whatever the token says; keys come from the issuer's own address and from nowhere that a token names. Every
 * refusal but that of the issuer reads the same. Thread-safe.
 */
final class TokenVerifier {
    /** Longest token that is read, in characters. */
    static final int LENGTH_MAX = 16 * 1024;

    private static final int HEADER_LENGTH_MAX = 2_048;
    private static final int KEY_ID_LENGTH_MAX = 256;
    private static final Base64.Decoder BASE64 = Base64.getUrlDecoder();

    private final String issuer;
    private final Set<String> audiences;
    private final Set<Algorithm> algorithms;
    private final Duration clockSkew;
    private final SigningKeys keys;
    private final Clock clock;

    TokenVerifier(
            String issuer,
            Set<String> audiences,
            Set<Algorithm> algorithms,
            Duration clockSkew,
            SigningKeys keys,
            Clock clock) {
        this.issuer = issuer;
        this.audiences = Set.copyOf(audiences);
        this.algorithms = Set.copyOf(algorithms);
        this.clockSkew = clockSkew;
        this.keys = keys;
        this.clock = clock;
    }

    /** What a token turned out to say. */
    record Claims(ObjectNode json, Instant expiresAt) {}

    /**
     * Verifies signature, issuer, audience and times.
     *
     * @param types the values of {@code typ} that may be there, in lower case; a token may always have none
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED},
     *     {@link ErrorCode#IDENTITY_PROVIDER_UNAVAILABLE} if the keys cannot be had
     */
    Claims verify(String token, Set<String> types) {
        if (token.length() > LENGTH_MAX) {
            throw refused();
        }
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3 || parts[0].length() > HEADER_LENGTH_MAX) {
            throw refused();
        }
        byte[] headerBytes = decode(parts[0]);
        byte[] payload = decode(parts[1]);
        decode(parts[2]);
        ObjectNode header = object(headerBytes);
        Algorithm algorithm = algorithm(header);
        requireType(header, types);
        if (header.has("crit") || header.has("b64") || header.has("zip")) {
            throw refused();
        }
        // Before the signature, so that nobody can have keys fetched by tokens that are not for here.
        ObjectNode claims = object(payload);
        requireIssuerAndAudience(claims);
        requireSignature(parts, algorithm, keyId(header));
        return new Claims(claims, requireTimes(claims));
    }

    /** Returns the issuer that a text claims to have, without believing it; null if it is no token. */
    static @Nullable String issuerOf(String token) {
        int first = token.indexOf('.');
        int second = token.indexOf('.', first + 1);
        if (first < 0 || second < 0 || token.length() > LENGTH_MAX) {
            return null;
        }
        try {
            return object(decode(token.substring(first + 1, second)))
                    .path("iss")
                    .textValue();
        } catch (GantryException noToken) {
            return null;
        }
    }

    private Algorithm algorithm(ObjectNode header) {
        String name = header.path("alg").textValue();
        return algorithms.stream()
                .filter(allowed -> allowed.name().equals(name))
                .findFirst()
                .orElseThrow(TokenVerifier::refused);
    }

    private static void requireType(ObjectNode header, Set<String> types) {
        JsonNode type = header.get("typ");
        if (type == null) {
            return;
        }
        String name = type.textValue();
        String lower = name == null ? "" : name.toLowerCase(Locale.ROOT);
        if (!types.contains(lower.startsWith("application/") ? lower.substring("application/".length()) : lower)) {
            throw refused();
        }
    }

    private static @Nullable String keyId(ObjectNode header) {
        JsonNode id = header.get("kid");
        if (id == null) {
            return null;
        }
        String name = id.textValue();
        if (name == null || name.isEmpty() || name.length() > KEY_ID_LENGTH_MAX) {
            throw refused();
        }
        return name;
    }

    private void requireIssuerAndAudience(ObjectNode claims) {
        if (!issuer.equals(claims.path("iss").textValue())) {
            throw refused();
        }
        JsonNode audience = claims.path("aud");
        Set<String> named = new HashSet<>();
        if (audience.isTextual()) {
            named.add(audience.textValue());
        }
        if (audience.isArray()) {
            for (JsonNode one : audience) {
                if (!one.isTextual()) {
                    throw refused();
                }
                named.add(one.textValue());
            }
        }
        if (named.stream().noneMatch(audiences::contains)) {
            throw refused();
        }
    }

    private void requireSignature(String[] parts, Algorithm algorithm, @Nullable String keyId) {
        List<JWSVerifier> verifiers = keys.find(keyId, algorithm.jws());
        if (verifiers.isEmpty()) {
            throw refused(new GantryException(
                    ErrorCode.IDENTITY_PROVIDER_UNAVAILABLE, "The identity provider has no such key, or not yet"));
        }
        byte[] signed = (parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII);
        Base64URL signature = new Base64URL(parts[2]);
        for (JWSVerifier verifier : verifiers) {
            try {
                if (verifier.verify(new JWSHeader(algorithm.jws()), signed, signature)) {
                    return;
                }
            } catch (JOSEException | RuntimeException malformed) {
                throw refused();
            }
        }
        throw refused();
    }

    private Instant requireTimes(ObjectNode claims) {
        Instant now = clock.instant();
        Instant expires = time(claims, "exp");
        if (expires == null || !now.minus(clockSkew).isBefore(expires)) {
            throw refused();
        }
        for (String name : List.of("nbf", "iat")) {
            Instant from = time(claims, name);
            if (from != null && now.plus(clockSkew).isBefore(from)) {
                throw refused();
            }
        }
        return expires.plus(clockSkew);
    }

    static @Nullable Instant time(ObjectNode claims, String name) {
        JsonNode value = claims.get(name);
        if (value == null) {
            return null;
        }
        if (!value.isNumber() || !value.canConvertToLong() || value.longValue() < 0 || value.longValue() > 1L << 40) {
            throw refused();
        }
        return Instant.ofEpochSecond(value.longValue());
    }

    /** Decodes base64url in its one canonical form; libraries let pass more, by which a token gets many spellings. */
    private static byte[] decode(String part) {
        int length = part.length();
        if (length == 0 || length % 4 == 1) {
            throw refused();
        }
        for (int index = 0; index < length; index++) {
            if (value(part.charAt(index)) < 0) {
                throw refused();
            }
        }
        int unused = length % 4 == 2 ? 0b1111 : length % 4 == 3 ? 0b11 : 0;
        if ((value(part.charAt(length - 1)) & unused) != 0) {
            throw refused();
        }
        return BASE64.decode(part);
    }

    /** Returns the six bits that a letter stands for; negative for what is no letter of the alphabet. */
    private static int value(char letter) {
        if (letter >= 'A' && letter <= 'Z') {
            return letter - 'A';
        }
        if (letter >= 'a' && letter <= 'z') {
            return letter - 'a' + 26;
        }
        if (letter >= '0' && letter <= '9') {
            return letter - '0' + 52;
        }
        return letter == '-' ? 62 : letter == '_' ? 63 : -1;
    }

    private static ObjectNode object(byte[] bytes) {
        try {
            if (Json.read(bytes) instanceof ObjectNode object) {
                return object;
            }
        } catch (GantryException malformed) {
            // Refused below.
        }
        throw refused();
    }

    /** Says nothing of what was wrong to somebody who may be guessing. */
    static GantryException refused() {
        return refused(null);
    }

    private static GantryException refused(@Nullable GantryException cause) {
        return new GantryException(
                ErrorCode.UNAUTHENTICATED,
                "The token is not valid here: not signed by a trusted issuer, not for Gantry, or expired",
                cause);
    }
}
