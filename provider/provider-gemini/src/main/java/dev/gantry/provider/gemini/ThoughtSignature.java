package dev.gantry.provider.gemini;

import org.jspecify.annotations.Nullable;

/**
 * Gemini's seals over its thoughts, which stand at the part that followed them. A prefix tells them from those of other
 * providers, so that a conversation that moves from one to another keeps going.
 */
final class ThoughtSignature {
    /** What Google documents for calls that Gemini did not make itself, or whose seal the client could not keep. */
    static final String NONE_KEPT = "skip_thought_signature_validator";

    private static final String PREFIX = "gemini:";

    private ThoughtSignature() {}

    static String close(String signature) {
        return PREFIX + signature;
    }

    /** Returns Gemini's seal, or null when this is none. */
    static @Nullable String open(@Nullable String sealed) {
        return sealed != null && sealed.startsWith(PREFIX) ? sealed.substring(PREFIX.length()) : null;
    }
}
