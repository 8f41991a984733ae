package dev.gantry.metering;

import dev.gantry.config.Setting;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Prices as they are written: in dollars per million tokens. What is null is not said.
 *
 * @param input prompt tokens
 * @param output generated tokens
 * @param cacheRead prompt tokens from the provider's cache
 * @param cacheWrite prompt tokens to the provider's cache
 * @param cacheWriteLong prompt tokens to the provider's cache for longer
 * @param longPrompt prices of requests with long prompts
 */
public record PriceSettings(
        @Setting(
                value = "A prompt token outside of the provider's cache",
                unit = "dollars per million",
                min = 0,
                max = 1_000_000)
        @Nullable
        BigDecimal input,

        @Setting(
                value = "A generated token, reasoning included",
                unit = "dollars per million",
                min = 0,
                max = 1_000_000)
        @Nullable
        BigDecimal output,

        @Setting(
                value = "A prompt token read from the provider's cache; costs the same as input unless given",
                unit = "dollars per million",
                min = 0,
                max = 1_000_000)
        @Nullable
        BigDecimal cacheRead,

        @Setting(
                value = "A prompt token written to the provider's cache; costs the same as input unless given",
                unit = "dollars per million",
                min = 0,
                max = 1_000_000)
        @Nullable
        BigDecimal cacheWrite,

        @Setting(
                value =
                        "A prompt token written to the provider's cache for longer than usual (Anthropic: for an hour); "
                                + "costs the same as cache_write unless given",
                unit = "dollars per million",
                min = 0,
                max = 1_000_000)
        @Nullable
        BigDecimal cacheWriteLong,

        @Setting("Other prices for the whole request once its prompt is long") @Nullable
        LongPromptSettings longPrompt) {

    /**
     * Prices of requests with long prompts.
     *
     * @param aboveTokens the longest prompt at the normal prices
     * @param input prompt tokens
     * @param output generated tokens
     * @param cacheRead prompt tokens from the provider's cache
     * @param cacheWrite prompt tokens to the provider's cache
     * @param cacheWriteLong prompt tokens to the provider's cache for longer
     */
    public record LongPromptSettings(
            @Setting(
                    value = "The longest prompt, cached parts included, at the normal prices",
                    unit = "tokens",
                    min = 1)
            long aboveTokens,

            @Setting(
                    value = "A prompt token outside of the provider's cache",
                    unit = "dollars per million",
                    min = 0,
                    max = 1_000_000)
            BigDecimal input,

            @Setting(
                    value = "A generated token, reasoning included",
                    unit = "dollars per million",
                    min = 0,
                    max = 1_000_000)
            BigDecimal output,

            @Setting(
                    value = "A prompt token read from the provider's cache; costs the same as input unless given",
                    unit = "dollars per million",
                    min = 0,
                    max = 1_000_000)
            @Nullable
            BigDecimal cacheRead,

            @Setting(
                    value = "A prompt token written to the provider's cache; costs the same as input unless given",
                    unit = "dollars per million",
                    min = 0,
                    max = 1_000_000)
            @Nullable
            BigDecimal cacheWrite,

            @Setting(
                    value =
                            "A prompt token written to the provider's cache for longer than usual (Anthropic: for an hour); "
                                    + "costs the same as cache_write unless given",
                    unit = "dollars per million",
                    min = 0,
                    max = 1_000_000)
            @Nullable
            BigDecimal cacheWriteLong) {

        LongPrompt toLongPrompt() {
            return new LongPrompt(aboveTokens, prices(input, output, cacheRead, cacheWrite, cacheWriteLong));
        }
    }

    /** Returns these prices where something is said, others elsewhere. */
    PriceSettings over(PriceSettings base) {
        return new PriceSettings(
                ModelSettings.first(input, base.input),
                ModelSettings.first(output, base.output),
                ModelSettings.first(cacheRead, base.cacheRead),
                ModelSettings.first(cacheWrite, base.cacheWrite),
                ModelSettings.first(cacheWriteLong, base.cacheWriteLong),
                ModelSettings.first(longPrompt, base.longPrompt));
    }

    /** Converts prices; a missing cache price is that of input, that of long writes the one of short writes. */
    static Prices prices(
            BigDecimal input,
            BigDecimal output,
            @Nullable BigDecimal cacheRead,
            @Nullable BigDecimal cacheWrite,
            @Nullable BigDecimal cacheWriteLong) {
        BigDecimal shortWrite = cacheWrite == null ? input : cacheWrite;
        return new Prices(
                Prices.perMillion(input),
                Prices.perMillion(output),
                Prices.perMillion(cacheRead == null ? input : cacheRead),
                Prices.perMillion(shortWrite),
                Prices.perMillion(cacheWriteLong == null ? shortWrite : cacheWriteLong));
    }
}
