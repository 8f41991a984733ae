package dev.gantry.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import dev.gantry.workflow.Action;
import dev.gantry.workflow.Body;
import dev.gantry.workflow.Scope;
import dev.gantry.workflow.Step;
import dev.gantry.workflow.StepResult;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What expressions see at a place of a run. Values are read and decrypted when a step needs them. Used by one thread. */
final class Views {
    private static final String INPUTS = "inputs";

    private final Progress progress;
    private final Vault vault;
    private final Memory memory;

    Views(Progress progress, Vault vault, Memory memory) {
        this.progress = progress;
        this.vault = vault;
        this.memory = memory;
    }

    /** Returns what a step's expressions see: that on which it and the steps around it depend. */
    Scope of(String scope, Step step) {
        return view(scope, step.dependsOn());
    }

    /** Returns what a body's result sees: all of its steps. */
    Scope within(String scope) {
        Body body = ScopePath.parse(scope).body(progress.workflow);
        return view(scope, body.steps().stream().map(Step::id).collect(Collectors.toSet()));
    }

    private Scope view(String scope, Set<String> wanted) {
        ScopePath path = ScopePath.parse(scope);
        List<Body> bodies = path.bodies(progress.workflow);
        Map<String, StepResult> results = new HashMap<>();
        Map<String, JsonNode> names = new HashMap<>();
        for (int level = 0; level < bodies.size(); level++) {
            String place = path.text(level);
            Set<String> needed = level == path.levels().size()
                    ? wanted
                    : ScopePath.step(bodies.get(level), path.levels().get(level).step())
                            .dependsOn();
            for (String id : needed) {
                StepRow row = progress.row(place, id);
                if (row != null && row.state.hasEnded()) {
                    results.put(id, result(row, ScopePath.step(bodies.get(level), id)));
                }
            }
            StepRow body = level == 0 ? null : progress.row(place, "");
            if (body != null) {
                data(body).properties().forEach(name -> names.put(name.getKey(), name.getValue()));
            }
        }
        return new Scope(facts(path, bodies), inputs(), results, names);
    }

    private Scope.RunFacts facts(ScopePath path, List<Body> bodies) {
        RunRow run = progress.run;
        Map<String, String> hooks = new HashMap<>();
        for (int level = 0; level < bodies.size(); level++) {
            for (Step step : bodies.get(level).steps()) {
                if (step.action() instanceof Action.AwaitWebhook) {
                    hooks.put(
                            step.id(),
                            CallAddress.PATH + vault.callAddress(run, ScopePath.path(path.text(level), step.id())));
                }
            }
        }
        return new Scope.RunFacts(
                run.id.toString(),
                run.workflow,
                run.starter.name(),
                run.starter.team() == null ? "" : run.starter.team(),
                run.startedAt == null ? run.createdAt : run.startedAt,
                hooks);
    }

    private ObjectNode inputs() {
        JsonNode known = memory.get(INPUTS);
        if (known == null) {
            RunRow run = progress.run;
            known = vault.open(
                    run.organization(), run.id, INPUTS, RunRows.inputs(progress.transactionHandle(), run.id), null);
            memory.put(INPUTS, known);
        }
        return (ObjectNode) known;
    }

    StepResult result(StepRow row, Step step) {
        return switch (row.state) {
            case DONE -> StepResult.done(output(row));
            case SKIPPED -> StepResult.skipped(step.action().outputType(), row.error);
            default -> StepResult.failed(String.valueOf(row.error));
        };
    }

    JsonNode output(StepRow row) {
        JsonNode output = row.output;
        return output == null ? value(row, "output") : output;
    }

    JsonNode data(StepRow row) {
        JsonNode data = row.data;
        return data == null ? value(row, "data") : data;
    }

    /** Returns what a map goes over. */
    JsonNode items(StepRow row) {
        JsonNode items = row.items;
        if (items != null) {
            return items;
        }
        JsonNode within = data(row).get("items");
        // Maps that began under an earlier version have them among their data.
        return within == null ? value(row, "items") : within;
    }

    private JsonNode value(StepRow row, String column) {
        // Of the rows around bodies the data changes while others work on it; outputs never do.
        boolean lasting = !column.equals("data");
        String place = row.place(column);
        JsonNode known = lasting ? memory.get(place) : null;
        if (known == null) {
            RunRow run = progress.run;
            StepRows.Sealed sealed = StepRows.values(progress.transactionHandle(), run.id, row.scope, row.step);
            known = open(sealed, run, place, lasting);
            if (lasting) {
                memory.put(place, known);
            }
        }
        return known;
    }

    private JsonNode open(StepRows.@Nullable Sealed sealed, RunRow run, String place, boolean output) {
        if (sealed == null) {
            return NullNode.getInstance();
        }
        byte[] inline = output ? sealed.inline() : sealed.data();
        String reference = output ? sealed.reference() : null;
        if (inline == null && reference == null) {
            return output ? NullNode.getInstance() : Json.object();
        }
        return vault.open(run.organization(), run.id, place, inline, reference);
    }
}
