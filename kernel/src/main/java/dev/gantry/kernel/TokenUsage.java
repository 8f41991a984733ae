package dev.gantry.kernel;

/**
 * What one call to a model consumed, in tokens, split as providers price it. The five counts do not overlap, except that
 * {@code reasoning} is part of {@code output}.
 *
 * @param input prompt tokens that were neither read from nor written to the provider's prompt cache
 * @param output generated tokens, reasoning included
 * @param cacheRead prompt tokens served from the provider's prompt cache
 * @param cacheWrite prompt tokens written to the provider's prompt cache
 * @param reasoning tokens that the model spent on thinking; informative, already counted in {@code output}
 * @param estimated whether the numbers come from a tokenizer of ours because the provider gave none
 */
public record TokenUsage(long input, long output, long cacheRead, long cacheWrite, long reasoning, boolean estimated) {
    /** Nothing consumed. */
    public static final TokenUsage NONE = new TokenUsage(0, 0, 0, 0, 0, false);

    /** Refuses negative counts. */
    public TokenUsage {
        if (input < 0 || output < 0 || cacheRead < 0 || cacheWrite < 0 || reasoning < 0) {
            throw new IllegalArgumentException("Token counts are never negative");
        }
    }

    /** Returns the prompt's tokens of all kinds. */
    public long prompt() {
        return input + cacheRead + cacheWrite;
    }

    /** Returns all tokens. */
    public long total() {
        return prompt() + output;
    }
}
