package dev.gantry.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.GantryException.FieldError;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Text;
import dev.gantry.workflow.Input;
import dev.gantry.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Checks what a run is given against what its workflow declares. */
final class Inputs {
    private Inputs() {}

    /**
     * Returns the inputs with defaults applied.
     *
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} naming everything that is missing, unknown or of another type
     */
    static ObjectNode complete(Workflow workflow, ObjectNode given) {
        List<FieldError> errors = new ArrayList<>();
        TreeSet<String> known =
                workflow.inputs().stream().map(Input::name).collect(Collectors.toCollection(TreeSet::new));
        given.properties().forEach(field -> {
            if (!known.contains(field.getKey())) {
                errors.add(error(
                        field.getKey(), "is not an input of this workflow" + Text.didYouMean(field.getKey(), known)));
            }
        });
        ObjectNode complete = Json.object();
        for (Input input : workflow.inputs()) {
            JsonNode value = given.get(input.name());
            JsonNode standIn = input.defaultValue();
            if (value == null || value.isNull()) {
                if (input.required()) {
                    errors.add(error(input.name(), "is required"));
                }
                complete.set(input.name(), standIn == null ? NullNode.getInstance() : standIn);
                continue;
            }
            input.type().problems(value).forEach(problem -> errors.add(error(input.name(), problem)));
            if (!input.choices().isEmpty() && !input.choices().contains(value)) {
                errors.add(error(
                        input.name(),
                        "must be one of "
                                + input.choices().stream()
                                        .map(JsonNode::toString)
                                        .collect(Collectors.joining(", "))));
            }
            complete.set(input.name(), value);
        }
        if (!errors.isEmpty()) {
            FieldError first = errors.getFirst();
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "Input '" + first.pointer().substring("/inputs/".length()) + "' " + first.message()
                            + (errors.size() > 1 ? " (and " + (errors.size() - 1) + " more)" : ""),
                    errors,
                    null,
                    null);
        }
        return complete;
    }

    private static FieldError error(String name, String problem) {
        return new FieldError("/inputs/" + Text.shorten(name, 100), problem);
    }
}
