package dev.gantry.gateway;

import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.metering.Model;
import dev.gantry.metering.ModelCatalog;
import dev.gantry.provider.CallContext;
import dev.gantry.provider.ChatProvider;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Finds the model that a request means and the provider that serves it. Thread-safe. */
public final class Router {
    private final Supplier<ModelCatalog> catalog;
    private final Map<String, ChatProvider> providers;
    private final Predicate<Model> present;
    private final GatewaySettings settings;

    /**
     * A router over the configured providers.
     *
     * @param catalog the catalog as it stands; asked at every request, since providers report models at run time
     * @param providers by the name that models use
     * @param present whether a model's provider is known to have it, as far as that can be known
     */
    public Router(
            Supplier<ModelCatalog> catalog,
            Map<String, ChatProvider> providers,
            Predicate<Model> present,
            GatewaySettings settings) {
        this.catalog = catalog;
        this.providers = Map.copyOf(providers);
        this.present = present;
        this.settings = settings;
    }

    /** Returns the catalog as it stands. */
    public ModelCatalog catalog() {
        return catalog.get();
    }

    /** Returns the models whose provider is configured and has them, in the catalog's order. */
    public List<Model> available() {
        return catalog.get().models().stream()
                .filter(model -> providers.containsKey(model.provider()) && present.test(model))
                .toList();
    }

    /**
     * Returns the model for work that names none: the operator's choice, else {@code offline/extract}, which needs no key
     * and costs nothing.
     */
    public String defaultModel() {
        return settings.defaultModel().orElse("offline/extract");
    }

    /**
     * Returns the model of a name, if some configured provider serves it.
     *
     * @throws GantryException {@link ErrorCode#UNKNOWN_MODEL}
     */
    public Model resolve(String name) {
        Model model = catalog.get().require(name);
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
     * @throws GantryException {@link ErrorCode#UNKNOWN_MODEL}
     */
    Plan plan(Ask ask, Caller caller, Prompt prompt) {
        Model model = resolve(prompt.model());
        return new Plan(prompt.model(), Admission.permissionFor(model), List.of(model), "");
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

    /** Returns the way that a guarded request takes. */
    Route route(Guarded guarded) {
        Model model = guarded.admitted().model();
        ChatProvider provider = providers.get(model.provider());
        if (provider == null) {
            throw new GantryException(ErrorCode.UNKNOWN_MODEL, "Provider '" + model.provider() + "' is not configured");
        }
        Origin origin = guarded.admitted().ask().origin();
        CallContext context = new CallContext(
                settings.requestTimeout(),
                settings.idleTimeout(),
                scoped(guarded.admitted().caller(), origin.idempotencyKey()),
                origin.requestId(),
                origin.traceparent());
        return new Route(guarded, model, provider, context);
    }
}
