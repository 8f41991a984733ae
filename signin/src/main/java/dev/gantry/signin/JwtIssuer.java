package dev.gantry.signin;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.time.Clock;
import java.time.Instant;
import java.util.Set;
import java.util.function.LongSupplier;

/** Somebody whose tokens are taken in the place of API keys. Thread-safe. */
final class JwtIssuer {
    /** Access tokens by RFC 9068, and those that do not say or say only that they are tokens. */
    private static final Set<String> TYPES = Set.of("jwt", "at+jwt");

    private final AuthenticationSettings.Jwt settings;
    private final TokenVerifier verifier;

    JwtIssuer(AuthenticationSettings.Jwt settings, Fetcher fetcher, Clock clock, LongSupplier nanoTime) {
        this.settings = settings;
        this.verifier = new TokenVerifier(
                settings.issuer(),
                Set.of(settings.audience()),
                Algorithm.named(settings.algorithms()),
                settings.clockSkew(),
                new SigningKeys(settings::jwksUri, fetcher, nanoTime),
                clock);
    }

    String issuer() {
        return settings.issuer();
    }

    Directory users() {
        return settings.users();
    }

    /** Somebody, for as long as the token is good. */
    record Verified(ExternalPerson person, Instant expiresAt) {}

    /**
     * Verifies a token.
     *
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED}, {@link ErrorCode#IDENTITY_PROVIDER_UNAVAILABLE}
     */
    Verified verify(String token) {
        TokenVerifier.Claims claims = verifier.verify(token, TYPES);
        // What is meant for one who signs in, or out, is no key for programs.
        if (claims.json().has("nonce") || claims.json().has("events")) {
            throw TokenVerifier.refused();
        }
        ExternalPerson person = ClaimsReader.person(
                        settings.provider(),
                        settings.issuer(),
                        claims.json(),
                        settings.users().mapping())
                .orElseThrow(TokenVerifier::refused);
        return new Verified(person, claims.expiresAt());
    }
}
