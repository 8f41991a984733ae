package dev.gantry.kernel;

/**
 * What one call to a model consumed, in tokens, split as providers price it. The counts do not overlap, except that
 * {@code reasoning} is part of {@code output}.
 *
 * @param input prompt tokens that were neither read from nor written to the provider's prompt cache
 * @param output generated tokens, reasoning included
 * @param cacheRead prompt tokens served from the provider's prompt cache
 * @param cacheWrite prompt tokens written to the provider's prompt cache for its usual, short time
 * @param cacheWriteLong prompt tokens written to the provider's prompt cache for longer (Anthropic: an hour), at another price
 * @param reasoning tokens that the model spent on thinking; informative, already counted in {@code output}
 * @param estimated whether the numbers come from a tokenizer of ours because the provider gave none
 */
public record TokenUsage(
        long input,
        long output,
        long cacheRead,
        long cacheWrite,
        long cacheWriteLong,
        long reasoning,
        boolean estimated) {
    /** Nothing consumed. */
    public static final TokenUsage NONE = new TokenUsage(0, 0, 0, 0, 0, false);

    /** Refuses negative counts. */
    public TokenUsage {
        if (input < 0 || output < 0 || cacheRead < 0 || cacheWrite < 0 || cacheWriteLong < 0 || reasoning < 0) {
            throw new IllegalArgumentException("Token counts are never negative");
        }
    }

    /** A usage without long-lived cache writes. */
    public TokenUsage(long input, long output, long cacheRead, long cacheWrite, long reasoning, boolean estimated) {
        this(input, output, cacheRead, cacheWrite, 0, reasoning, estimated);
    }

    /** Returns the sum of this and another usage; estimated if a part of it is. */
    public TokenUsage plus(TokenUsage other) {
        return new TokenUsage(
                input + other.input,
                output + other.output,
                cacheRead + other.cacheRead,
                cacheWrite + other.cacheWrite,
                cacheWriteLong + other.cacheWriteLong,
                reasoning + other.reasoning,
                estimated || other.estimated);
    }

    /** Returns the prompt's tokens of all kinds. */
    public long prompt() {
        return input + cacheRead + cacheWrite + cacheWriteLong;
    }

    /** Returns all tokens. */
    public long total() {
        return prompt() + output;
    }
}
