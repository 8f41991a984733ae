package dev.gantry.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a step ended, as expressions see it: {@code steps.ID.output}, {@code steps.ID.state}, {@code steps.ID.error}.
 *
 * @param output JSON null when there is none; must not be changed
 * @param error why it failed; null when it did not
 */
public record StepResult(
        State state, JsonNode output, @Nullable String error) {
    /** How a step ended. */
    public enum State {
        /** It has an output, its own or that of its fallback. */
        DONE,
        /** Its condition was false, or its failure is to be skipped. */
        SKIPPED,
        /** It failed. */
        FAILED;

        /** Returns the name in expressions, in lower case. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Returns the result of a step that has done its work. */
    public static StepResult done(JsonNode output) {
        return new StepResult(State.DONE, output, null);
    }

    /**
     * Returns the result of a step that was left out. Where its type has fields, all of them are null, so that a template
     * with such a field gives nothing instead of failing.
     *
     * @param error why it failed when that is why it is left out; null when its condition was false
     */
    public static StepResult skipped(DataType type, @Nullable String error) {
        return new StepResult(State.SKIPPED, type.empty(), error);
    }

    /** Returns the result of a step that failed. */
    public static StepResult failed(String error) {
        return new StepResult(State.FAILED, NullNode.getInstance(), error);
    }
}
