package dev.gantry.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.util.List;

/**
 * A random workflow.
 *
 * @param name in the registry
 * @param tokenBudget of one run
 * @param tight whether the budget may well not be enough, so that nobody can say how a run ends
 * @param parallel most steps at a time
 * @param oneAtATime whether runs wait for each other
 * @param steps of the workflow's own body
 */
record Flow(String name, long tokenBudget, boolean tight, int parallel, boolean oneAtATime, List<FlowStep> steps) {
    Flow {
        steps = List.copyOf(steps);
    }

    /** Returns the workflow's file, as JSON, which is YAML too. */
    String file() {
        ObjectNode file = Json.object().put("name", name).put("token_budget", tokenBudget);
        file.put("deadline", "1h").put("max_parallel", parallel);
        if (oneAtATime) {
            file.putObject("concurrency").put("max_runs", 1).put("when_full", "queue");
        }
        ObjectNode inputs = file.putObject("inputs");
        inputs.putObject("x").put("type", "string").put("required", true);
        inputs.putObject("n").put("type", "integer").put("required", true);
        ObjectNode outputs = file.putObject("outputs");
        steps.forEach(step -> outputs.put("of_" + step.id(), "${steps." + step.id() + ".output}"));
        steps.forEach(step -> file.withArray("steps").add(step.file()));
        return file.toPrettyString();
    }
}
