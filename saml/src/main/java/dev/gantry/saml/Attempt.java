package dev.gantry.saml;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An attempt to sign in that has gone to a provider. The browser keeps it in a cookie, from which the request's id follows, so
 * that a response counts only in the browser that asked, for the provider that was asked, and in time.
 *
 * @param secret 256 random bits
 * @param provider who was asked
 * @param expiresAt until when an answer counts
 * @param returnTo where the browser goes in the end, as it was given
 * @param fresh whether they have to prove anew who they are
 */
record Attempt(String secret, String provider, Instant expiresAt, String returnTo, boolean fresh) {
    static final int SECONDS_MAX = 600;
    private static final int LENGTH_MAX = 2_000;
    private static final int SECRET_BYTES = 32;
    private static final String FRESH = "fresh";
    private static final SecureRandom RANDOM = new SecureRandom();

    static Attempt begin(String provider, String returnTo, boolean fresh, Instant now) {
        byte[] secret = new byte[SECRET_BYTES];
        RANDOM.nextBytes(secret);
        return new Attempt(
                HexFormat.of().formatHex(secret),
                provider,
                Instant.ofEpochSecond(now.getEpochSecond() + SECONDS_MAX),
                returnTo,
                fresh);
    }

    /** Reads a cookie; empty if it is none of ours. */
    static Optional<Attempt> read(@Nullable String cookie) {
        String[] parts = cookie == null || cookie.length() > LENGTH_MAX ? new String[0] : cookie.split("\\.", -1);
        if (parts.length != 5 || parts[0].length() != 2 * SECRET_BYTES) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Attempt(
                    parts[0],
                    parts[1],
                    Instant.ofEpochSecond(Long.parseLong(parts[2])),
                    new String(Base64.getUrlDecoder().decode(parts[3]), StandardCharsets.UTF_8),
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

    /** Returns the id of the request, which begins with a letter as XML wants it. */
    String request() {
        try {
            return "_"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256")
                                    .digest(("saml request " + cookie()).getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Returns an id of a message that belongs to no attempt. */
    static String messageId() {
        byte[] random = new byte[SECRET_BYTES];
        RANDOM.nextBytes(random);
        return "_" + HexFormat.of().formatHex(random);
    }
}
