package dev.gantry.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A value that whoever starts a workflow gives.
 *
 * @param type what the value must be
 * @param required whether a run without it is refused; never with a default
 * @param defaultValue applies when it is not given; null when there is none, and then an input that is not required is
 *     JSON null
 * @param choices the only values allowed; empty for all
 * @param description may be empty
 */
public record Input(
        String name,
        DataType type,
        boolean required,
        @Nullable JsonNode defaultValue,
        List<JsonNode> choices,
        String description) {
    /** Copies the list. */
    public Input {
        choices = List.copyOf(choices);
    }
}
