package dev.gantry.signin;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An attempt to sign in that has gone to a provider. The browser keeps it in a cookie; {@code state}, {@code nonce} and the
 * code verifier of PKCE all follow from it, so that an answer counts only in the browser that asked, for the provider that
 * was asked, in time, and by nobody who saw no more than addresses.
 *
 * @param secret 256 random bits
 * @param provider who was asked
 * @param expiresAt until when an answer counts
 * @param returnTo a path on this server
 * @param fresh whether they have to prove anew who they are
 */
record Attempt(String secret, String provider, Instant expiresAt, String returnTo, boolean fresh) {
    private static final int SECONDS_MAX = 600;
    private static final int LENGTH_MAX = 2_000;
    private static final String FRESH = "fresh";

    static Attempt begin(String provider, String returnTo, boolean fresh, Instant now) {
        return new Attempt(
                SessionToken.random(),
                provider,
                Instant.ofEpochSecond(now.getEpochSecond() + SECONDS_MAX),
                returnTo,
                fresh);
    }

    /** Reads a cookie; empty if it is none of ours. */
    static Optional<Attempt> read(@Nullable String cookie) {
        String[] parts = cookie == null || cookie.length() > LENGTH_MAX ? new String[0] : cookie.split("\\.", -1);
        if (parts.length != 5) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Attempt(
                    parts[0],
                    parts[1],
                    Instant.ofEpochSecond(Long.parseLong(parts[2])),
                    ReturnPath.check(new String(Base64.getUrlDecoder().decode(parts[3]), StandardCharsets.UTF_8)),
                    parts[4].equals(FRESH)));
        } catch (RuntimeException malformed) {
            return Optional.empty();
        }
    }

    /** Returns whether an answer counts now. The end is the cookie's word, so that it must be one that was given here. */
    boolean isOpen(Instant now) {
        return now.isBefore(expiresAt) && !now.plusSeconds(SECONDS_MAX).isBefore(expiresAt);
    }

    /** Returns when it began. */
    Instant beganAt() {
        return expiresAt.minusSeconds(SECONDS_MAX);
    }

    String cookie() {
        return secret + "." + provider + "." + expiresAt.getEpochSecond() + "."
                + Base64.getUrlEncoder().withoutPadding().encodeToString(returnTo.getBytes(StandardCharsets.UTF_8))
                + "." + (fresh ? FRESH : "any");
    }

    String state() {
        return derive("state");
    }

    String nonce() {
        return derive("nonce");
    }

    String codeVerifier() {
        return derive("verifier");
    }

    /** What goes to the provider at first, in the place of the verifier (RFC 7636, S256). */
    String codeChallenge() {
        return SessionToken.key(SessionToken.hash(codeVerifier()));
    }

    private String derive(String purpose) {
        return SessionToken.key(SessionToken.hash(purpose + " " + cookie()));
    }
}
