package dev.gantry.gateway;

import dev.gantry.config.ConfigCheck;
import dev.gantry.config.Configuration;
import dev.gantry.gateway.RoutingSettings.RuleSettings;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import dev.gantry.metering.ModelCatalog;
import dev.gantry.metering.ModelsSettings;
import dev.gantry.provider.ProviderSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** Checks that what routing names is there, and that regions are regions. */
public final class RoutingCheck implements ConfigCheck {
    private final Function<Configuration, Map<String, ProviderSettings>> providers;

    /** A check over the configured providers. */
    public RoutingCheck(Function<Configuration, Map<String, ProviderSettings>> providers) {
        this.providers = providers;
    }

    @Override
    public void check(Configuration configuration, Complaints complaints) {
        providers
                .apply(configuration)
                .forEach((name, provider) ->
                        requireRegion("providers." + name + ".region", provider.region(), complaints));
        ModelsSettings models = configuration.get(ModelsSettings.class);
        models.models()
                .forEach((name, model) ->
                        requireRegion("models." + name + ".region", Optional.ofNullable(model.region()), complaints));
        RoutingSettings routing = configuration.get("routing", RoutingSettings.class);
        for (String id : routing.residency().organizations().keySet()) {
            requireId(id, complaints);
        }
        ModelCatalog catalog;
        try {
            catalog = ModelCatalog.of(models);
        } catch (GantryException reportedAlready) {
            return;
        }
        Map<String, String> tasks = models.modelSelection();
        List<RuleSettings> rules = routing.selection().rules();
        for (int index = 0; index < rules.size(); index++) {
            String key = "routing.selection.rules[" + index + "]";
            rules.get(index)
                    .task()
                    .filter(task -> !tasks.containsKey(task))
                    .ifPresent(task -> complaints.add(
                            key + ".task",
                            "model_selection has no task '" + Text.shorten(task, 60) + "'"
                                    + Text.didYouMean(task, tasks.keySet())));
            rules.get(index).model().ifPresent(model -> requireModel(key + ".model", model, catalog, complaints));
        }
        routing.selection()
                .otherwise()
                .filter(name -> !tasks.containsKey(name))
                .ifPresent(name -> requireModel("routing.selection.otherwise", name, catalog, complaints));
    }

    private static void requireModel(String key, String name, ModelCatalog catalog, Complaints complaints) {
        // A model that a provider reports only at run time bears the provider's name.
        boolean known = catalog.find(name).isPresent() || catalog.group(name).isPresent() || name.indexOf('/') > 0;
        if (!known) {
            complaints.add(key, "there is no model or group '" + Text.shorten(name, 60) + "'");
        }
    }

    private static void requireRegion(String key, Optional<String> region, Complaints complaints) {
        region.ifPresent(name -> {
            try {
                Region.of(name);
            } catch (IllegalArgumentException wrong) {
                complaints.add(key, "'" + Text.shorten(name, 60) + "' cannot be used: " + wrong.getMessage());
            }
        });
    }

    private static void requireId(String id, Complaints complaints) {
        try {
            UUID.fromString(id);
        } catch (IllegalArgumentException wrong) {
            complaints.add(
                    "routing.residency.organizations." + id,
                    "organizations stand here by their id, as `gantry whoami` shows it");
        }
    }
}
