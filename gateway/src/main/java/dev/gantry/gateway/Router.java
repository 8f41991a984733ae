package dev.gantry.gateway;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Permission;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.metering.Model;
import dev.gantry.metering.ModelCatalog;
import dev.gantry.metering.ModelGroup;
import dev.gantry.provider.CallContext;
import dev.gantry.provider.ChatProvider;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds the models that may answer a request and the providers that serve them. Thread-safe. */
public final class Router {
    private final Supplier<ModelCatalog> catalog;
    private final Map<String, ChatProvider> providers;
    private final Predicate<Model> present;
    private final GatewaySettings settings;
    private final Circuits circuits;
    private final Loads loads = new Loads(System::nanoTime);
    private final Planner planner;
    private final String selectionName;
    private final @Nullable RepeatedInstructions repeated;
    private final ParameterPolicy parameters;

    /**
     * A router over the configured providers.
     *
     * @param catalog the catalog as it stands; asked at every request, since providers report models at run time
     * @param providers by the name that models use
     * @param places where models are that do not say it themselves
     * @param present whether a model's provider is known to have it, as far as that can be known
     * @param tasks which model or group does which kind of task
     */
    public Router(
            Supplier<ModelCatalog> catalog,
            Map<String, ChatProvider> providers,
            ModelPlaces places,
            Predicate<Model> present,
            GatewaySettings settings,
            RoutingSettings routing,
            Map<String, String> tasks,
            Circuits circuits) {
        this.catalog = catalog;
        this.providers = Map.copyOf(providers);
        this.present = present;
        this.settings = settings;
        this.circuits = circuits;
        this.parameters = new ParameterPolicy(settings.untranslatableParameters(), settings.unknownParameters());
        this.selectionName = routing.selection().name();
        this.repeated = routing.promptCaching() ? new RepeatedInstructions(Ticker.systemTicker()) : null;
        this.planner = new Planner(
                this::isAvailable,
                circuits,
                new Residency(routing.residency(), places),
                new Selection(routing.selection(), tasks),
                new Balancer(loads, ThreadLocalRandom::current));
    }

    /** Returns how a model's circuit is on this node; null while it has not been asked since the node started. */
    public @Nullable CircuitState circuit(Model model) {
        return circuits.stateOf(model);
    }

    Circuits circuits() {
        return circuits;
    }

    Loads loads() {
        return loads;
    }

    /** Returns the catalog as it stands. */
    public ModelCatalog catalog() {
        return catalog.get();
    }

    /** Returns the models whose provider is configured and has them, in the catalog's order. */
    public List<Model> available() {
        return catalog.get().models().stream().filter(this::isAvailable).toList();
    }

    private boolean isAvailable(Model model) {
        return providers.containsKey(model.provider()) && present.test(model);
    }

    /** Returns the groups of models that a caller may name, the one that leaves the choice to Gantry among them. */
    public List<String> groups(Caller caller) {
        return Stream.concat(
                        Stream.of(selectionName),
                        catalog.get().groups().stream().map(ModelGroup::name))
                .filter(name -> caller.may(permission(name)))
                .distinct()
                .toList();
    }

    /**
     * Returns the model for work that names none: the operator's choice, else {@code offline/extract}, which needs no key
     * and costs nothing.
     */
    public String defaultModel() {
        return settings.defaultModel().orElse("offline/extract");
    }

    /** Returns the permission that naming a model, an alias or a group needs; see {@link Plan#permission()}. */
    public Permission permission(String name) {
        return isGroup(name)
                ? Planner.permissionFor(name)
                : Admission.permissionFor(catalog.get().require(name));
    }

    /**
     * Returns the model of a name, if some configured provider serves it; of a group the first member that is available.
     *
     * @throws GantryException {@link ErrorCode#UNKNOWN_MODEL}
     */
    public Model resolve(String name) {
        if (!isGroup(name)) {
            return requireProvider(catalog.get().require(name));
        }
        ModelCatalog known = catalog.get();
        List<Model> members = known.group(name)
                .map(group -> group.members().stream()
                        .flatMap(member -> known.find(member.model()).stream())
                        .toList())
                .orElseGet(known::models);
        return members.stream().filter(this::isAvailable).findFirst().orElseThrow(() -> Planner.nobody(name));
    }

    private boolean isGroup(String name) {
        ModelCatalog known = catalog.get();
        return known.group(name).isPresent()
                || (name.equals(selectionName) && known.find(name).isEmpty());
    }

    private Model requireProvider(Model model) {
        if (!providers.containsKey(model.provider())) {
            throw new GantryException(
                    ErrorCode.UNKNOWN_MODEL,
                    "Model '" + model.name() + "' is served by provider '" + model.provider()
                            + "', which is not configured; set its key (see docs/providers.md) or choose another model");
        }
        return model;
    }

    /**
     * Returns which models may answer a request.
     *
     * @throws GantryException {@link ErrorCode#UNKNOWN_MODEL} if there is none of that name, {@link
     *     ErrorCode#REGION_NOT_ALLOWED} if none of them is where the request must stay, {@link ErrorCode#INVALID_REQUEST} if a
     *     wish cannot be read
     */
    Plan plan(Ask ask, Caller caller, Prompt prompt) {
        deadline(ask.origin());
        ModelCatalog known = catalog.get();
        if (!isGroup(prompt.model())) {
            requireProvider(known.require(prompt.model()));
        }
        return planner.plan(known, ask.origin().wishes(), caller, prompt);
    }

    /** Returns when a request must be done. */
    Deadline deadline(Origin origin) {
        return Deadline.of(origin, settings.requestTimeout());
    }

    /** All callers share the provider's account: a key of one must never mean the answer of another. */
    private static @Nullable String scoped(Caller caller, @Nullable String idempotencyKey) {
        if (idempotencyKey == null) {
            return null;
        }
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest((caller.organization() + "\n" + caller.principalId() + "\n" + idempotencyKey)
                            .getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /**
     * Returns the way of one attempt at a guarded request; what is left of its time is all that the attempt gets.
     *
     * @throws GantryException if the model's provider cannot be given what the request asks for
     */
    Route route(Guarded guarded, Model model, Deadline deadline) {
        ChatProvider provider = providers.get(model.provider());
        if (provider == null) {
            throw new GantryException(ErrorCode.UNKNOWN_MODEL, "Provider '" + model.provider() + "' is not configured");
        }
        List<String> ignored = parameters.ignored(guarded.admitted().prompt(), model, provider);
        Origin origin = guarded.admitted().ask().origin();
        Duration left = deadline.left();
        CallContext context = new CallContext(
                left.isPositive() ? left : Duration.ofMillis(1),
                settings.idleTimeout(),
                scoped(guarded.admitted().caller(), origin.idempotencyKey()),
                model.upstreamName(),
                origin.requestId(),
                origin.traceparent());
        return new Route(guarded, model, provider, context, repeated, ignored);
    }
}
