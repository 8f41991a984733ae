package dev.gantry.metering;

import dev.gantry.config.ConfigCheck;
import dev.gantry.config.Configuration;
import java.util.Set;
import java.util.function.Function;

/** Checks the section {@code models}: that providers, fallbacks and names exist once each, and that nothing is missing. */
public final class ModelsCheck implements ConfigCheck {
    private final Function<Configuration, Set<String>> providers;

    /**
     * Makes a check.
     *
     * @param providers returns the names that a model may give as its provider
     */
    public ModelsCheck(Function<Configuration, Set<String>> providers) {
        this.providers = providers;
    }

    @Override
    public void check(Configuration configuration, Complaints complaints) {
        ModelsSettings settings = configuration.get(ModelsSettings.class);
        Set<String> names = providers.apply(configuration);
        ModelMerger merger = new ModelMerger(ModelCatalog.builtInSettings(), settings.models(), names, complaints);
        merger.merge();
        ModelGroups groups = new ModelGroups(merger.names(), names, complaints);
        groups.read(settings.modelGroups());
        groups.checkSelection(settings.modelSelection(), settings.modelGroups().keySet());
    }
}
