package dev.gantry.signin;

import org.jspecify.annotations.Nullable;

/**
 * Whose session something is at an identity provider, by which the provider can end it.
 *
 * @param issuer who vouches for them
 * @param subject who they are there; null where a notice names only a session
 * @param session the provider's name of the session; null if it gives none, or means all of the subject's
 */
public record ProviderSession(
        String issuer, @Nullable String subject, @Nullable String session) {
    static final int SESSION_LENGTH_MAX = 255;

    /**
     * Checks lengths.
     *
     * @throws IllegalArgumentException if the session's name is empty or longer than 255 characters
     */
    public ProviderSession {
        if (session != null && (session.isEmpty() || session.length() > SESSION_LENGTH_MAX)) {
            throw new IllegalArgumentException("a session's name has 1 to " + SESSION_LENGTH_MAX + " characters");
        }
    }
}
