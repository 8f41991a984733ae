package dev.gantry.metering;

import dev.gantry.config.Setting;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The section {@code models} of the configuration.
 *
 * @param models by canonical name
 */
public record ModelsSettings(
        @Setting("Models by name: what differs from the built-in ones, and models of your own")
        Map<String, ModelSettings> models) {
    /** Copies the map and keeps its order. */
    public ModelsSettings {
        models = Collections.unmodifiableMap(new LinkedHashMap<>(models));
    }
}
