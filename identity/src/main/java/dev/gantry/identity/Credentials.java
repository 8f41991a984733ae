package dev.gantry.identity;

import org.jspecify.annotations.Nullable;

/**
 * What a request presents to prove who sent it.
 *
 * @param presentedKey the API key from {@code X-API-Key} or {@code Authorization: Bearer}, or another token in the
 *     place of one; null when there was none
 * @param address the peer's address, for the log
 */
public record Credentials(@Nullable String presentedKey, String address) {
    /** Returns the credentials without the key, which must not reach a log. */
    @Override
    public String toString() {
        return "Credentials[" + (presentedKey == null ? "no key" : "a key") + " from " + address + "]";
    }
}
