package dev.gantry.metering;

import dev.gantry.config.ConfigCheck.Complaints;
import dev.gantry.config.ConfigLoader;
import dev.gantry.config.ConfigSchema;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.MicroDollars;
import dev.gantry.kernel.Text;
import dev.gantry.kernel.TokenUsage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All models that this installation knows, and the arithmetic of what they cost. Immutable, hence thread-safe.
 *
 * <p>A model is found by its canonical name, by an alias, or by {@code provider/upstream-name}, in this order: an alias
 * never hides a model, a qualified name never hides an alias.
 */
public final class ModelCatalog {
    private static final long TOKENS_PER_PRICE = 1_000_000;

    /** Below these bounds the sum of five products and the half for rounding fits in 63 bits. */
    private static final long SMALL_COUNT = 1L << 30;

    private static final long SMALL_PRICE = 1L << 30;

    private final Map<String, Model> byName;
    private final Map<String, Model> index;
    private final Map<String, ModelGroup> groups;

    /** Makes a catalog without groups; see {@link #ModelCatalog(Collection, Collection)}. */
    public ModelCatalog(Collection<Model> models) {
        this(models, List.of());
    }

    /**
     * Makes a catalog.
     *
     * @param groups their members and fallbacks need not be in the catalog: what is missing is passed over
     * @throws IllegalArgumentException if two models or groups share a name or an alias, or a fallback of a model is not in
     *     the catalog
     */
    public ModelCatalog(Collection<Model> models, Collection<ModelGroup> groups) {
        Map<String, Model> names = new LinkedHashMap<>();
        for (Model model : models) {
            if (names.putIfAbsent(model.name(), model) != null) {
                throw new IllegalArgumentException("Two models are called '" + model.name() + "'");
            }
        }
        byName = names;
        index = index(names);
        Map<String, ModelGroup> named = new LinkedHashMap<>();
        for (ModelGroup group : groups) {
            if (index.containsKey(group.name()) || named.putIfAbsent(group.name(), group) != null) {
                throw new IllegalArgumentException("A group and something else are called '" + group.name() + "'");
            }
        }
        this.groups = Collections.unmodifiableMap(named);
        for (Model model : models) {
            for (String fallback : model.fallbacks()) {
                Model other = index.get(fallback);
                if (other == null || other.equals(model)) {
                    throw new IllegalArgumentException("The fallback '" + fallback + "' of model '" + model.name()
                            + "' is not another model of the catalog");
                }
            }
        }
    }

    /**
     * Returns the built-in models with the operator's words laid over them, key by key.
     *
     * @throws GantryException {@link ErrorCode#INVALID_CONFIGURATION} for what {@link ModelsCheck} would have reported
     */
    public static ModelCatalog of(ModelsSettings settings) {
        List<String> mistakes = new ArrayList<>();
        Complaints complaints = (key, text) -> mistakes.add(key + ": " + text);
        ModelMerger merger = new ModelMerger(builtInSettings(), settings.models(), null, complaints);
        List<Model> models = merger.merge();
        List<ModelGroup> groups = new ModelGroups(merger.names(), null, complaints).read(settings.modelGroups());
        if (!mistakes.isEmpty()) {
            throw new GantryException(ErrorCode.INVALID_CONFIGURATION, String.join("\n", mistakes));
        }
        return new ModelCatalog(models, groups);
    }

    /** Returns what the program itself says about models, in the order of the file. */
    static Map<String, ModelSettings> builtInSettings() {
        try (InputStream resource = ModelCatalog.class.getResourceAsStream("models.yaml")) {
            if (resource == null) {
                throw new IllegalStateException("models.yaml is missing in the program");
            }
            String text = new String(resource.readAllBytes(), StandardCharsets.UTF_8);
            ConfigSchema schema =
                    ConfigSchema.builder().topLevel(ModelsSettings.class).build();
            return ConfigLoader.loadText("models.yaml", text, schema)
                    .get(ModelsSettings.class)
                    .models();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static Map<String, Model> index(Map<String, Model> names) {
        Map<String, Model> index = new HashMap<>(names);
        for (Model model : names.values()) {
            for (String alias : model.aliases()) {
                Model other = index.putIfAbsent(alias, model);
                if (other != null && !other.equals(model)) {
                    throw new IllegalArgumentException("The alias '" + alias + "' of model '" + model.name()
                            + "' already means model '" + other.name() + "'");
                }
            }
        }
        // A model that bears the provider's own name for it goes before one that an operator named differently.
        for (Model model : names.values()) {
            if (model.name().equals(model.upstreamName())) {
                index.putIfAbsent(model.qualifiedName(), model);
            }
        }
        for (Model model : names.values()) {
            index.putIfAbsent(model.qualifiedName(), model);
        }
        return index;
    }

    /** Returns the model of a name, an alias or {@code provider/upstream-name}; upper and lower case differ. */
    public Optional<Model> find(String name) {
        return Optional.ofNullable(index.get(name));
    }

    /**
     * Returns the model of a name, an alias or {@code provider/upstream-name}.
     *
     * @throws GantryException {@link ErrorCode#UNKNOWN_MODEL}, naming the nearest known model
     */
    public Model require(String name) {
        Model model = index.get(name);
        if (model == null) {
            throw new GantryException(
                    ErrorCode.UNKNOWN_MODEL,
                    "There is no model '" + Text.shorten(name, 100) + "' in the catalog"
                            + Text.didYouMean(name, groups.isEmpty() ? index.keySet() : namesOfAll()));
        }
        return model;
    }

    private Set<String> namesOfAll() {
        Set<String> all = new HashSet<>(index.keySet());
        all.addAll(groups.keySet());
        return all;
    }

    /** Returns the group of a name. */
    public Optional<ModelGroup> group(String name) {
        return Optional.ofNullable(groups.get(name));
    }

    /** Returns all groups in the order of their names. */
    public List<ModelGroup> groups() {
        return List.copyOf(groups.values());
    }

    /** Returns all models in the order in which they were declared. */
    public List<Model> models() {
        return List.copyOf(byName.values());
    }

    /**
     * Returns a catalog that holds further models, such as those that a provider reports at run time. What this catalog
     * knows already stays as it is: a model whose name, or whose provider and upstream name, is taken is left out, and so
     * are aliases that are taken and fallbacks that lead nowhere.
     */
    public ModelCatalog with(Collection<Model> discovered) {
        Map<String, Model> all = new LinkedHashMap<>(byName);
        Map<String, Model> taken = new HashMap<>(index);
        for (Model model : discovered) {
            if (taken.containsKey(model.name())
                    || taken.containsKey(model.qualifiedName())
                    || groups.containsKey(model.name())) {
                continue;
            }
            all.put(model.name(), model);
            taken.put(model.name(), model);
            taken.put(model.qualifiedName(), model);
        }
        List<Model> merged = new ArrayList<>(all.size());
        for (Model model : all.values()) {
            merged.add(byName.containsKey(model.name()) ? model : withoutConflicts(model, taken));
        }
        return new ModelCatalog(merged, groups.values());
    }

    private Model withoutConflicts(Model model, Map<String, Model> taken) {
        List<String> aliases = model.aliases().stream()
                .filter(alias -> !groups.containsKey(alias) && taken.putIfAbsent(alias, model) == null)
                .toList();
        List<String> fallbacks = model.fallbacks().stream()
                .filter(fallback -> taken.containsKey(fallback) && !model.equals(taken.get(fallback)))
                .toList();
        return new Model(
                model.name(),
                model.provider(),
                model.upstreamName(),
                model.prices(),
                model.contextTokens(),
                model.outputTokensMax(),
                fallbacks,
                model.tier(),
                aliases,
                model.longPrompt(),
                model.region());
    }

    /**
     * Returns what a request costs: the exact sum over all kinds of tokens, rounded half up to a micro-dollar once.
     * Reasoning tokens are part of the output and not counted again.
     *
     * @throws ArithmeticException if the amount exceeds 2^63-1 micro-dollars; it never wraps
     */
    public MicroDollars cost(Model model, TokenUsage usage) {
        Prices prices = model.pricesFor(usage);
        if (isSmall(prices, usage)) {
            long sum = usage.input() * prices.inputPerMillion()
                    + usage.output() * prices.outputPerMillion()
                    + usage.cacheRead() * prices.cacheReadPerMillion()
                    + usage.cacheWrite() * prices.cacheWritePerMillion()
                    + usage.cacheWriteLong() * prices.cacheWriteLongPerMillion();
            return new MicroDollars((sum + TOKENS_PER_PRICE / 2) / TOKENS_PER_PRICE);
        }
        BigInteger sum = product(usage.input(), prices.inputPerMillion())
                .add(product(usage.output(), prices.outputPerMillion()))
                .add(product(usage.cacheRead(), prices.cacheReadPerMillion()))
                .add(product(usage.cacheWrite(), prices.cacheWritePerMillion()))
                .add(product(usage.cacheWriteLong(), prices.cacheWriteLongPerMillion()));
        return new MicroDollars(
                new BigDecimal(sum, 6).setScale(0, RoundingMode.HALF_UP).longValueExact());
    }

    private static boolean isSmall(Prices prices, TokenUsage usage) {
        long counts = usage.input() | usage.output() | usage.cacheRead() | usage.cacheWrite() | usage.cacheWriteLong();
        long perMillion = prices.inputPerMillion()
                | prices.outputPerMillion()
                | prices.cacheReadPerMillion()
                | prices.cacheWritePerMillion()
                | prices.cacheWriteLongPerMillion();
        return counts < SMALL_COUNT && perMillion < SMALL_PRICE;
    }

    private static BigInteger product(long count, long price) {
        return BigInteger.valueOf(count).multiply(BigInteger.valueOf(price));
    }
}
