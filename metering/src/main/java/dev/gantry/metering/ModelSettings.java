package dev.gantry.metering;

import dev.gantry.config.Setting;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is said about one model. What is null is not said: the built-in value holds, or the default of a model that is not
 * built in.
 *
 * @param provider name of the configured provider that serves it
 * @param upstreamName what that provider calls it
 * @param prices what its tokens cost
 * @param contextTokens prompt and answer together
 * @param outputTokensMax longest answer
 * @param tier the kind of task it is made for
 * @param fallbacks models to try instead
 * @param aliases further names
 * @param region where it runs
 */
public record ModelSettings(
        @Setting("Name of the configured provider that serves it; required for a model that is not built in") @Nullable
        String provider,

        @Setting("What the provider calls it; the name itself unless given") @Nullable
        String upstreamName,

        @Setting("What its tokens cost; input and output are required for a model that is not built in") @Nullable
        PriceSettings prices,

        @Setting(value = "Longest prompt and answer together; 0 means not known", unit = "tokens", min = 0) @Nullable
        Integer contextTokens,

        @Setting(value = "Longest answer; 0 means not known", unit = "tokens", min = 0) @Nullable
        Integer outputTokensMax,

        @Setting(
                "What it is made for, so that work can go to the least expensive model that will do; standard unless given")
        @Nullable
        Tier tier,

        @Setting("Models to try instead when this one fails, best first") @Nullable
        List<String> fallbacks,

        @Setting("Further names under which it is found") @Nullable
        List<String> aliases,

        @Setting("Where it runs, such as eu or eu-west-1; the region of its provider unless given") @Nullable
        String region) {
    /** Copies the lists. */
    public ModelSettings {
        fallbacks = fallbacks == null ? null : List.copyOf(fallbacks);
        aliases = aliases == null ? null : List.copyOf(aliases);
    }

    /** Returns these settings where something is said, others elsewhere. */
    ModelSettings over(ModelSettings base) {
        PriceSettings mergedPrices =
                prices == null || base.prices == null ? first(prices, base.prices) : prices.over(base.prices);
        return new ModelSettings(
                first(provider, base.provider),
                first(upstreamName, base.upstreamName),
                mergedPrices,
                first(contextTokens, base.contextTokens),
                first(outputTokensMax, base.outputTokensMax),
                first(tier, base.tier),
                first(fallbacks, base.fallbacks),
                first(aliases, base.aliases),
                first(region, base.region));
    }

    static <T> @Nullable T first(@Nullable T own, @Nullable T base) {
        return own == null ? base : own;
    }
}
