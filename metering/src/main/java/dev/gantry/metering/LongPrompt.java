package dev.gantry.metering;

/**
 * Other prices that a provider charges for the whole request once its prompt is long.
 *
 * @param abovePromptTokens the longest prompt, cached parts included, that is still charged at the normal prices
 * @param prices what every token of a request with a longer prompt costs
 */
public record LongPrompt(long abovePromptTokens, Prices prices) {
    /** Refuses a threshold that every request exceeds. */
    public LongPrompt {
        if (abovePromptTokens < 1) {
            throw new IllegalArgumentException("The threshold must be at least one token: " + abovePromptTokens);
        }
    }
}
