package dev.gantry.signin;

import dev.gantry.kernel.Secret;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a provider of OpenID Connect gave for a session.
 *
 * @param idToken says to the provider who signs out; null if there is none, or one too long for that
 * @param refreshToken with which the provider is asked whether the session still holds; null if it gave none
 * @param checkInterval how often it is asked
 */
record ProviderTokens(@Nullable Secret idToken, @Nullable Secret refreshToken, Duration checkInterval) {
    /** An address with more in it does not get everywhere. */
    private static final int ID_TOKEN_MAX = 4_000;

    private static final int REFRESH_TOKEN_MAX = 16_000;

    /** Leaves out what is too long to be used. */
    static ProviderTokens of(String idToken, @Nullable String refreshToken, Duration checkInterval) {
        boolean usable = refreshToken != null && refreshToken.matches("[\\x21-\\x7e]{1," + REFRESH_TOKEN_MAX + "}");
        return new ProviderTokens(
                idToken.isEmpty() || idToken.length() > ID_TOKEN_MAX ? null : Secret.of(idToken),
                usable && refreshToken != null ? Secret.of(refreshToken) : null,
                checkInterval);
    }

    /** Returns when the provider is asked first, or next; null for never. */
    @Nullable
    Instant checkAt(Instant now) {
        return refreshToken == null ? null : now.plus(checkInterval);
    }
}
