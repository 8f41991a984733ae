package dev.gantry.guard;

import com.google.re2j.Pattern;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What the operator says is not personal data, whatever it looks like. Immutable. */
final class AllowedValues {
    private final Set<String> values;
    private final List<Pattern> patterns;

    /** Compiles the operator's lists; an unusable pattern is an {@code IllegalArgumentException} that quotes it. */
    AllowedValues(PiiDetectionSettings.AllowList settings) {
        values = settings.values().stream()
                .map(value -> value.strip().toLowerCase(Locale.ROOT))
                .collect(Collectors.toCollection(HashSet::new));
        patterns = settings.patterns().stream().map(OwnPatterns::compile).toList();
    }

    boolean isEmpty() {
        return values.isEmpty() && patterns.isEmpty();
    }

    /** Returns whether a value that was found is allowed. */
    boolean isAllowed(String value) {
        return values.contains(value.toLowerCase(Locale.ROOT))
                || patterns.stream().anyMatch(pattern -> pattern.matches(value));
    }
}
