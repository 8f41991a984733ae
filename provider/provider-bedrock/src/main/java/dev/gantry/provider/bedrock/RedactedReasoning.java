package dev.gantry.provider.bedrock;

import org.jspecify.annotations.Nullable;

/** Reasoning that the provider has encrypted whole; it travels in the place of a seal, with a prefix that says what it is. */
final class RedactedReasoning {
    private static final String PREFIX = "redacted:";

    private RedactedReasoning() {}

    static String close(String base64) {
        return PREFIX + base64;
    }

    /** Returns the encrypted reasoning, or null when this is a seal. */
    static @Nullable String open(String signature) {
        return signature.startsWith(PREFIX) ? signature.substring(PREFIX.length()) : null;
    }
}
