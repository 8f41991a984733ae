package dev.gantry.identity;

import org.jspecify.annotations.Nullable;

/**
 * What a request presents to prove who sent it. A key counts before what the connection proves, which must be valid all the
 * same.
 *
 * @param presentedKey the API key from {@code X-API-Key} or {@code Authorization: Bearer}, or another token in the
 *     place of one; null when there was none
 * @param address the peer's address, for the log
 * @param proof what the connection proves; null when it proves nothing
 * @param unattended whether a page asks by itself while nobody is at it, so that no session lives longer by it
 */
public record Credentials(
        @Nullable String presentedKey,
        String address,
        @Nullable Proof proof,
        boolean unattended) {
    /** Credentials on a connection that proves nothing. */
    public Credentials(@Nullable String presentedKey, String address) {
        this(presentedKey, address, null, false);
    }

    /** Returns the same with another key. */
    public Credentials withKey(String key) {
        return new Credentials(key, address, proof, unattended);
    }

    /** Returns whether nothing at all was presented. */
    public boolean isEmpty() {
        return presentedKey == null && proof == null;
    }

    /** Returns the credentials without the key, which must not reach a log. */
    @Override
    public String toString() {
        return "Credentials[" + (presentedKey == null ? "no key" : "a key") + (proof == null ? "" : ", " + proof.id())
                + " from " + address + "]";
    }
}
