package dev.gantry.config;

import java.util.List;
import java.util.Set;

/** One value of a YAML file together with where it stands. An aliased value is the same node twice. Immutable. */
public sealed interface YamlNode {
    /** Where the value begins. */
    Origin.InFile origin();

    /**
     * A single value.
     *
     * @param plain whether it is written without quotes, which decides whether it may be a null
     */
    record Scalar(Origin.InFile origin, String text, boolean plain) implements YamlNode {
        private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");

        /** Whether this is YAML 1.2's null, such as the nothing after {@code key:}. */
        public boolean isNull() {
            return plain && NULLS.contains(text);
        }
    }

    /** A list. */
    record Sequence(Origin.InFile origin, List<YamlNode> items) implements YamlNode {}

    /** Keys and values in the order of the file; no key twice. */
    record Mapping(Origin.InFile origin, List<Entry> entries) implements YamlNode {}

    /** One key of a mapping. */
    record Entry(String key, Origin.InFile keyOrigin, YamlNode value) {}

    /** Returns whether nothing was written. */
    default boolean isAbsent() {
        return this instanceof Scalar scalar && scalar.isNull();
    }
}
