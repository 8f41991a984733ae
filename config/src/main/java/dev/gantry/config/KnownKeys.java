package dev.gantry.config;

import dev.gantry.kernel.Text;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/**
 * Keys that are refused with more to say than that they are unknown.
 *
 * @param later declared keys to the feature they wait for
 * @param retired declared keys to what replaces them
 */
record KnownKeys(Map<String, String> later, Map<String, String> retired) {
    static final KnownKeys NONE = new KnownKeys(Map.of(), Map.of());

    /** Copies the maps. */
    KnownKeys {
        later = Map.copyOf(later);
        retired = Map.copyOf(retired);
    }

    /** Returns why a key cannot stand where it stands. */
    String refusal(String declared, Collection<String> knownBeside) {
        return later(declared)
                .or(() -> Optional.ofNullable(retired.get(declared)).map(KnownKeys::retiredWords))
                .orElseGet(() -> {
                    String name = declared.substring(declared.lastIndexOf('.') + 1);
                    return "is not a setting; correct or remove it" + Text.didYouMean(name, knownBeside);
                });
    }

    /** Returns what to say of a key, or of one that only contains keys, whose feature comes later. */
    Optional<String> later(String declared) {
        String feature = later.get(declared);
        if (feature == null) {
            feature = later.entrySet().stream()
                    .filter(entry -> entry.getKey().startsWith(declared + "."))
                    .map(Map.Entry::getValue)
                    .sorted()
                    .findFirst()
                    .orElse(null);
        }
        return Optional.ofNullable(feature)
                .map(text -> "is not supported yet: " + text + " comes with a later version; remove it to start");
    }

    private static String retiredWords(String replacement) {
        return "is no longer a setting; " + replacement;
    }
}
