package dev.gantry.server;

import dev.gantry.config.Configuration;
import dev.gantry.gateway.Circuits;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Secret;
import dev.gantry.metering.Model;
import dev.gantry.metering.ModelCatalog;
import dev.gantry.metering.Prices;
import dev.gantry.metering.Tier;
import dev.gantry.provider.CallContext;
import dev.gantry.provider.ChatProvider;
import dev.gantry.provider.KeyHealth;
import dev.gantry.provider.ListedModel;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ProviderFactory;
import dev.gantry.provider.ProviderSettings;
import dev.gantry.provider.ProviderType;
import dev.gantry.provider.UpstreamHttp;
import dev.gantry.provider.anthropic.AnthropicFactory;
import dev.gantry.provider.bedrock.BedrockFactory;
import dev.gantry.provider.gemini.GeminiFactory;
import dev.gantry.provider.offline.OfflineProvider;
import dev.gantry.provider.ollama.OllamaAddress;
import dev.gantry.provider.ollama.OllamaFactory;
import dev.gantry.provider.openai.OpenAiFactory;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configured providers, and the models that they report at run time. Providers with a key in the environment need no
 * configuration; Ollama is looked for at its usual address.
 */
final class Providers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Providers.class);
    private static final Duration DISCOVERY_PERIOD = Duration.ofSeconds(30);
    private static final Duration DISCOVERY_TIMEOUT = Duration.ofSeconds(3);
    private static final int MODELS_MAX = 1_000;

    /** The only place that names provider modules. */
    private static final Map<ProviderType, ProviderFactory> FACTORIES = Map.of(
            ProviderType.OPENAI, new OpenAiFactory(),
            ProviderType.AZURE, new OpenAiFactory(),
            ProviderType.ANTHROPIC, new AnthropicFactory(),
            ProviderType.BEDROCK, new BedrockFactory(),
            ProviderType.GEMINI, new GeminiFactory(),
            ProviderType.OLLAMA, new OllamaFactory(),
            ProviderType.OFFLINE, (name, settings, http) -> new OfflineProvider());

    private final UpstreamHttp http;
    private final Map<String, ChatProvider> byName;
    private final Map<String, String> regions;
    private final List<ChatProvider> discovered;
    private final ModelCatalog configured;
    private final Circuits circuits;
    private final Thread discovery;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile ModelCatalog catalog;
    private volatile Map<String, Boolean> reachable = Map.of();

    /** Upstream names that each provider which can be asked has reported. */
    private volatile Map<String, Set<String>> reported;

    private Providers(
            UpstreamHttp http,
            Map<String, ChatProvider> byName,
            Map<String, String> regions,
            List<ChatProvider> discovered,
            ModelCatalog configured,
            Circuits circuits) {
        this.http = http;
        this.byName = Map.copyOf(byName);
        this.regions = Map.copyOf(regions);
        this.discovered = List.copyOf(discovered);
        this.configured = configured;
        this.catalog = configured;
        this.circuits = circuits;
        this.reported = discovered.stream().collect(Collectors.toMap(ChatProvider::name, any -> Set.of()));
        this.discovery = Thread.ofVirtual().name("gantry-model-discovery").unstarted(this::discover);
    }

    /**
     * Makes the providers and begins to look for models.
     *
     * @throws GantryException if a provider's settings cannot be used
     */
    static Providers open(
            Configuration configuration,
            Map<String, String> environment,
            Vertx vertx,
            Metrics metrics,
            Circuits circuits) {
        UpstreamHttp http = new UpstreamHttp(vertx);
        Map<String, ProviderSettings> settings = settings(configuration, environment);
        Map<String, ChatProvider> byName = new LinkedHashMap<>();
        Map<String, String> regions = new LinkedHashMap<>();
        List<ChatProvider> discovered = new ArrayList<>();
        for (Map.Entry<String, ProviderSettings> entry : settings.entrySet()) {
            ChatProvider provider = create(entry.getKey(), entry.getValue(), http);
            byName.put(entry.getKey(), provider);
            if (entry.getValue().type() == ProviderType.OLLAMA) {
                discovered.add(provider);
            }
            metrics.provider(entry.getKey(), circuits);
            entry.getValue().region().ifPresent(region -> regions.put(entry.getKey(), region));
        }
        Providers providers =
                new Providers(http, byName, regions, discovered, ConfigSections.models(configuration), circuits);
        providers.discovery.start();
        return providers;
    }

    /** Returns the catalog as it stands. */
    ModelCatalog catalog() {
        return catalog;
    }

    /** Returns whether a model is there, as far as its provider says what it has. */
    boolean isPresent(Model model) {
        Set<String> names = reported.get(model.provider());
        return names == null || names.contains(model.upstreamName());
    }

    /** Returns the providers by the name that models use. */
    Map<String, ChatProvider> byName() {
        return byName;
    }

    /** Returns where a model runs that does not say it itself. */
    Optional<String> placeOf(Model model) {
        ChatProvider provider = byName.get(model.provider());
        Optional<String> region = Optional.ofNullable(regions.get(model.provider()));
        return provider == null ? region : provider.regionOf(model.upstreamName(), region);
    }

    /** Returns the state of each provider whose reachability is known, for {@code /ready}. */
    Map<String, Supplier<Health.State>> states() {
        Map<String, Supplier<Health.State>> states = new LinkedHashMap<>();
        byName.keySet().stream().sorted().forEach(name -> states.put("provider:" + name, () -> state(name)));
        return states;
    }

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        discovery.interrupt();
        byName.values().forEach(ChatProvider::close);
        http.close();
    }

    private Health.State state(String name) {
        Boolean known = reachable.get(name);
        ChatProvider provider = byName.get(name);
        KeyHealth keys = provider == null ? KeyHealth.NONE : provider.keyHealth();
        double circuits = this.circuits.stateOf(name);
        String troubles = String.join(", ", keys.troubles());
        String detail = known == null ? "configured" : known ? "answers" : "does not answer";
        if (circuits < 1) {
            detail += circuits == 0 ? "; a model of it is not asked after failures in a row" : "; being tried again";
        }
        boolean keysLeft = keys.keys() == 0 || keys.troubles().size() < keys.keys();
        boolean up = (known == null || known) && circuits > 0 && keysLeft;
        return new Health.State(up, false, troubles.isEmpty() ? detail : detail + "; " + troubles);
    }

    static ChatProvider create(String name, ProviderSettings settings, UpstreamHttp http) {
        ProviderFactory factory = FACTORIES.get(settings.type());
        if (factory == null) {
            throw new IllegalStateException("No factory for " + settings.type());
        }
        try {
            return factory.create(name, settings, http);
        } catch (IllegalArgumentException unusable) {
            throw new GantryException(
                    ErrorCode.INVALID_CONFIGURATION, "providers." + name + ": " + unusable.getMessage(), unusable);
        }
    }

    private static Map<String, ProviderSettings> settings(
            Configuration configuration, Map<String, String> environment) {
        Map<String, ProviderSettings> settings = new LinkedHashMap<>(ConfigSections.providers(configuration));
        fromEnvironment(settings, environment, "openai", ProviderType.OPENAI, "OPENAI_API_KEY");
        fromEnvironment(settings, environment, "anthropic", ProviderType.ANTHROPIC, "ANTHROPIC_API_KEY");
        fromEnvironment(settings, environment, "gemini", ProviderType.GEMINI, "GEMINI_API_KEY");
        bedrockFromEnvironment(settings, environment);
        settings.putIfAbsent(
                "ollama",
                ProviderSettings.of(
                        ProviderType.OLLAMA, OllamaAddress.of(environment.get("OLLAMA_HOST")), Optional.empty()));
        settings.put("offline", ProviderSettings.of(ProviderType.OFFLINE, Optional.empty(), Optional.empty()));
        return settings;
    }

    private static void fromEnvironment(
            Map<String, ProviderSettings> settings,
            Map<String, String> environment,
            String name,
            ProviderType type,
            String variable) {
        String key = environment.get(variable);
        if (key == null || key.isBlank() || settings.containsKey(name)) {
            return;
        }
        ProviderSettings found = ProviderSettings.of(type, Optional.empty(), Optional.of(Secret.of(key)));
        String secondary = environment.get(variable + "_SECONDARY");
        settings.put(
                name, secondary == null || secondary.isBlank() ? found : found.withSecondaryKey(Secret.of(secondary)));
    }

    /** The variables that AWS documents; without a region in them nobody knows where to call. */
    private static void bedrockFromEnvironment(
            Map<String, ProviderSettings> settings, Map<String, String> environment) {
        String region = environment.getOrDefault("AWS_REGION", environment.getOrDefault("AWS_DEFAULT_REGION", ""));
        String key = environment.getOrDefault("AWS_BEARER_TOKEN_BEDROCK", "");
        if (!region.isBlank() && !key.isBlank() && !settings.containsKey("bedrock")) {
            settings.put("bedrock", ProviderSettings.bedrock(region, Secret.of(key)));
        }
    }

    private void discover() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                look();
                Thread.sleep(DISCOVERY_PERIOD);
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        ModelCatalog found = configured;
        Map<String, Boolean> states = new LinkedHashMap<>();
        Map<String, Set<String>> names = new LinkedHashMap<>();
        for (ChatProvider provider : discovered) {
            try {
                CallContext context = new CallContext(DISCOVERY_TIMEOUT, DISCOVERY_TIMEOUT, null, "discovery", null);
                List<ListedModel> models =
                        provider.listModels(context).stream().limit(MODELS_MAX).toList();
                found = found.with(models.stream()
                        .map(model -> free(provider.name(), model))
                        .toList());
                names.put(
                        provider.name(),
                        models.stream().map(ListedModel::name).collect(Collectors.toUnmodifiableSet()));
                states.put(provider.name(), true);
            } catch (ProviderException absent) {
                states.put(provider.name(), false);
                names.put(provider.name(), Set.of());
            } catch (RuntimeException unusable) {
                LOG.warn("The models of provider {} cannot be used", provider.name(), unusable);
                states.put(provider.name(), false);
                names.put(provider.name(), Set.of());
            }
        }
        catalog = found;
        reachable = Map.copyOf(states);
        reported = Map.copyOf(names);
    }

    /** A model that runs on the operator's own machine costs nothing a call. */
    private static Model free(String provider, ListedModel model) {
        return new Model(
                provider + "/" + model.name(),
                provider,
                model.name(),
                new Prices(0, 0, 0, 0),
                0,
                0,
                List.of(),
                model.embedsOnly() ? Tier.EMBEDDING : Tier.STANDARD,
                List.of());
    }
}
