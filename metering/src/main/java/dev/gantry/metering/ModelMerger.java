package dev.gantry.metering;

import dev.gantry.config.ConfigCheck.Complaints;
import dev.gantry.kernel.Text;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Lays the operator's words about models over the built-in ones and reports what does not fit. Used once. */
final class ModelMerger {
    private final Map<String, ModelSettings> builtIn;
    private final Map<String, ModelSettings> own;
    private final @Nullable Set<String> providers;
    private final Complaints complaints;

    /** Whom a name or an alias means. */
    private final Map<String, String> meanings = new HashMap<>();

    private int mistakes;

    /**
     * Prepares a merge.
     *
     * @param own what the operator says
     * @param providers the providers that there are; null to take any
     */
    ModelMerger(
            Map<String, ModelSettings> builtIn,
            Map<String, ModelSettings> own,
            @Nullable Set<String> providers,
            Complaints complaints) {
        this.builtIn = builtIn;
        this.own = own;
        this.providers = providers;
        this.complaints = complaints;
    }

    /** Returns the models that are right, the built-in ones first. */
    List<Model> merge() {
        Map<String, ModelSettings> merged = new LinkedHashMap<>(builtIn);
        new TreeMap<>(own).forEach((name, settings) -> merged.merge(name, settings, (base, said) -> said.over(base)));
        merged.keySet().forEach(name -> meanings.put(name, name));
        claimAliases(own, true);
        claimAliases(builtIn, false);
        List<Model> models = new ArrayList<>();
        merged.forEach((name, settings) -> {
            Model model = model(name, settings);
            if (model != null) {
                models.add(model);
            }
        });
        return models;
    }

    /** Returns every name and alias that means a model; complete once {@link #merge()} was called. */
    Set<String> names() {
        return Set.copyOf(meanings.keySet());
    }

    /** The operator's names and aliases go before the built-in aliases, which give way without a word. */
    private void claimAliases(Map<String, ModelSettings> settings, boolean complain) {
        new TreeMap<>(settings).forEach((name, said) -> {
            for (String alias : orEmpty(said.aliases())) {
                String other = meanings.putIfAbsent(alias, name);
                if (complain && other != null && !other.equals(name)) {
                    complain(key(name, "aliases"), "'" + alias + "' already means the model '" + other + "'");
                }
            }
        });
    }

    private @Nullable Model model(String name, ModelSettings settings) {
        if (!Model.isName(name)) {
            complain(key(name), "is not a name of a model: 1 to 200 printable characters without spaces");
            return null;
        }
        String provider = settings.provider();
        PriceSettings prices = settings.prices();
        BigDecimal input = prices == null ? null : prices.input();
        BigDecimal output = prices == null ? null : prices.output();
        if (provider == null || prices == null || input == null || output == null) {
            complaints.add(
                    key(name),
                    "is not built in" + Text.didYouMean(name, builtIn.keySet())
                            + "; a model of your own needs provider, prices.input and prices.output");
            return null;
        }
        int before = mistakes;
        requireProvider(name, provider);
        requireNames(name, "upstream_name", upstreamNames(settings));
        requireNames(name, "aliases", orEmpty(settings.aliases()));
        requireFallbacks(name, orEmpty(settings.fallbacks()));
        return mistakes > before ? null : convert(name, provider, input, output, prices, settings);
    }

    private void complain(String key, String text) {
        mistakes++;
        complaints.add(key, text);
    }

    private @Nullable Model convert(
            String name,
            String provider,
            BigDecimal input,
            BigDecimal output,
            PriceSettings prices,
            ModelSettings settings) {
        try {
            PriceSettings.LongPromptSettings longPrompt = prices.longPrompt();
            return new Model(
                    name,
                    provider,
                    settings.upstreamName() == null ? name : settings.upstreamName(),
                    PriceSettings.prices(
                            input, output, prices.cacheRead(), prices.cacheWrite(), prices.cacheWriteLong()),
                    settings.contextTokens() == null ? 0 : settings.contextTokens(),
                    settings.outputTokensMax() == null ? 0 : settings.outputTokensMax(),
                    orEmpty(settings.fallbacks()),
                    settings.tier() == null ? Tier.STANDARD : settings.tier(),
                    orEmpty(settings.aliases()).stream()
                            .filter(alias -> name.equals(meanings.get(alias)))
                            .toList(),
                    longPrompt == null ? null : longPrompt.toLongPrompt(),
                    settings.region());
        } catch (ArithmeticException tooFine) {
            complaints.add(
                    key(name, "prices"), "are dollars per million tokens with at most six digits after the point");
            return null;
        }
    }

    /** Only what the operator says about the provider is checked: a built-in model whose provider is not there just rests. */
    private void requireProvider(String name, String provider) {
        ModelSettings said = own.get(name);
        if (providers == null || said == null || said.provider() == null || providers.contains(provider)) {
            return;
        }
        complain(
                key(name, "provider"),
                "there is no provider '" + Text.shorten(provider, 60) + "'" + Text.didYouMean(provider, providers)
                        + "; known: " + String.join(", ", new TreeSet<>(providers)));
    }

    private void requireNames(String name, String field, List<String> values) {
        for (String value : values) {
            if (!Model.isName(value)) {
                complain(key(name, field), "'" + Text.shorten(value, 60) + "' is not a name of a model");
            }
        }
    }

    private void requireFallbacks(String name, List<String> fallbacks) {
        for (String fallback : fallbacks) {
            String meaning = meanings.get(fallback);
            if (meaning == null) {
                complain(
                        key(name, "fallbacks"),
                        "there is no model '" + Text.shorten(fallback, 60) + "'"
                                + Text.didYouMean(fallback, meanings.keySet()));
            } else if (meaning.equals(name)) {
                complain(key(name, "fallbacks"), "'" + fallback + "' is the model itself");
            }
        }
    }

    private static List<String> upstreamNames(ModelSettings settings) {
        return settings.upstreamName() == null ? List.of() : List.of(settings.upstreamName());
    }

    private static List<String> orEmpty(@Nullable List<String> list) {
        return list == null ? List.of() : list;
    }

    /** A key as the configuration writes it, with names of unusual characters in quotation marks. */
    private static String key(String name) {
        return "models." + (name.matches("[A-Za-z0-9_@/*-]+") ? name : '"' + name + '"');
    }

    private static String key(String name, String field) {
        return key(name) + "." + field;
    }
}
