package dev.gantry.signin;

import dev.gantry.kernel.Text;
import org.jspecify.annotations.Nullable;

/**
 * From where somebody signs in, for the list of their sessions and for throttling.
 *
 * @param address the peer's address
 * @param userAgent what the program says of itself, shortened; null if nothing
 */
public record Client(String address, @Nullable String userAgent) {
    private static final int USER_AGENT_CHARS_MAX = 200;

    /** Shortens what the program says, and takes control characters out of it. */
    public Client {
        userAgent = userAgent == null
                ? null
                : Text.shorten(userAgent.replaceAll("\\p{Cntrl}", "").strip(), USER_AGENT_CHARS_MAX);
    }
}
