package dev.gantry.metering;

import dev.gantry.config.Setting;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The section {@code models} of the configuration.
 *
 * @param models by canonical name
 * @param modelGroups by the name that callers use
 * @param modelSelection model or group by kind of task
 */
public record ModelsSettings(
        @Setting("Models by name: what differs from the built-in ones, and models of your own")
        Map<String, ModelSettings> models,

        @Setting("Groups of models by name, between which requests are shared out")
        Map<String, ModelGroupSettings> modelGroups,

        @Setting("Which model or group does which kind of task, for requests whose model is chosen by Gantry")
        Map<String, String> modelSelection) {
    /** Copies the maps and keeps their order. */
    public ModelsSettings {
        models = Collections.unmodifiableMap(new LinkedHashMap<>(models));
        modelGroups = Collections.unmodifiableMap(new LinkedHashMap<>(modelGroups));
        modelSelection = Collections.unmodifiableMap(new LinkedHashMap<>(modelSelection));
    }

    /** Settings without groups and selection. */
    public ModelsSettings(Map<String, ModelSettings> models) {
        this(models, Map.of(), Map.of());
    }
}
