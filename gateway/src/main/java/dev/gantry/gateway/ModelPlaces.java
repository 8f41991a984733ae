package dev.gantry.gateway;

import dev.gantry.metering.Model;
import java.util.Map;
import java.util.Optional;

/** Says where models run that do not say it themselves. Thread-safe; answers at once. */
@FunctionalInterface
public interface ModelPlaces {
    /** Returns the region of a model, such as {@code eu-west-1}; empty when nobody has said, or when it may run anywhere. */
    Optional<String> of(Model model);

    /** Returns the places of models that are where their providers are. */
    static ModelPlaces ofProviders(Map<String, String> regions) {
        Map<String, String> known = Map.copyOf(regions);
        return model -> Optional.ofNullable(known.get(model.provider()));
    }
}
