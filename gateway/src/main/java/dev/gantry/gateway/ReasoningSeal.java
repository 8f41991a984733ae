package dev.gantry.gateway;

import org.jspecify.annotations.Nullable;

/**
 * Carries a provider's seal over its reasoning in the field in which OpenAI's clients give reasoning back. A prefix tells
 * our own from OpenAI's, which mean nothing to another provider.
 */
final class ReasoningSeal {
    private static final String PREFIX = "gantry:";

    private ReasoningSeal() {}

    static String close(String signature) {
        return PREFIX + signature;
    }

    /** Returns the provider's seal, or null when this is none of ours. */
    static @Nullable String open(@Nullable String encrypted) {
        return encrypted != null && encrypted.startsWith(PREFIX) ? encrypted.substring(PREFIX.length()) : null;
    }
}
