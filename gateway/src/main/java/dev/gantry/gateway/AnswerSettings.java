package dev.gantry.gateway;

import dev.gantry.config.DataSize;
import dev.gantry.config.Setting;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Section {@code answers}.
 *
 * @param schemas JSON Schema as JSON text by the qualified name of a pattern
 */
public record AnswerSettings(
        @Setting(
                value =
                        "Largest answer of a model as its provider sends it, what is around the text included; a longer one is"
                                + " refused, or ended with an error where it is streamed",
                defaultValue = "64Mi",
                min = 1_024)
        DataSize sizeMax,

        @Setting(
                value = "What is done about an answer that is not what the schema says that the request asked for",
                defaultValue = "warn")
        SchemaCheck schemaCheck,

        @Setting("JSON Schema, as a text, that answers to a pattern must follow, by the pattern's qualified name")
        Map<String, String> schemas) {
    /** What is done about an answer that does not follow its schema. */
    public enum SchemaCheck {
        /** Nothing; it is not looked at. */
        OFF,
        /** It passes and is reported. */
        WARN,
        /** It is refused; a stream ends with an error. */
        BLOCK
    }

    /** Copies the map. */
    public AnswerSettings {
        schemas = Collections.unmodifiableMap(new LinkedHashMap<>(schemas));
    }

    /**
     * Checks the schemas.
     *
     * @throws IllegalArgumentException if one cannot be used; the message names its pattern
     */
    public void check() {
        new AnswerRules.Book(this);
    }
}
